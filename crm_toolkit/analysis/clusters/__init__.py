"""Segments by likeness: whether there are any, how many, what they are like, whether they pay.

scaling    features made comparable: logarithms, spread
fitting    k-means, mixture or Ward, numbered by money
null       whether there is structure at all
choice     structure, gap, stability and silhouette for every k
profiles   what segments are like beside all customers
profit     whether treating segments differently pays
plan       the same by given profits
"""

from crm_toolkit.analysis.clusters.choice import ClusterChoice, adjusted_rand, choose_clusters
from crm_toolkit.analysis.clusters.fitting import Clusters, fit_clusters
from crm_toolkit.analysis.clusters.null import StructureTest, structure_test
from crm_toolkit.analysis.clusters.plan import SegmentPlan, segment_plan
from crm_toolkit.analysis.clusters.profiles import SegmentProfiles, segment_profiles
from crm_toolkit.analysis.clusters.profit import SegmentPolicy, segment_policy
from crm_toolkit.analysis.clusters.scaling import FeatureScaling

__all__ = [
    "ClusterChoice",
    "Clusters",
    "FeatureScaling",
    "SegmentPlan",
    "SegmentPolicy",
    "SegmentProfiles",
    "StructureTest",
    "adjusted_rand",
    "choose_clusters",
    "fit_clusters",
    "segment_plan",
    "segment_policy",
    "segment_profiles",
    "structure_test",
]
