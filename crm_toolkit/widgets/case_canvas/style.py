"""How the canvas «My case» looks, on top of the style of the desk."""

STYLE = """<style>
.crm-case h4 { font-size: 1em; margin: 0.7em 0 0.2em; font-weight: 650; }
.crm-case .crm-fields { display: grid; gap: 0.5em 1em; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(15em, 100%), 1fr)); }
.crm-case .crm-wide { grid-column: 1 / -1; }
.crm-case .crm-row { border-left: 3px solid var(--crm-line); padding: 0.2em 0 0.4em 0.8em; margin: 0.4em 0; }
.crm-case .crm-field { min-width: 0; overflow: visible; }
.crm-case .crm-files > .widget-text { flex: 1 1 22em; }
.crm-case .crm-files { align-items: flex-end; }
.crm-case .crm-steps .jupyter-button { flex: 0 1 auto; }
.crm-case .crm-step { gap: 0.4em; }
.crm-case .crm-scroll-x { overflow-x: auto; }
.crm-case .crm-marks { gap: 0.2em 0.6em; align-items: center; min-width: max-content; }
.crm-door.crm-case .crm-marks .widget-dropdown { width: 100%; margin: 0; }
.crm-door.crm-case .crm-marks .widget-dropdown select { width: 100%; min-width: 4.5em; }
.crm-door.crm-case .widget-dropdown select { padding-right: 1.7em; text-overflow: ellipsis; }
.crm-case .crm-rows + .jupyter-button { align-self: flex-start; }
.crm-case .crm-form { margin-bottom: 0.6em; }
.crm-case .crm-card { margin: 0.4em 0; }
.crm-case progress { width: 16em; max-width: 100%; height: 0.9em; vertical-align: middle; accent-color: #1d5b99; }
.crm-case .crm-findings { border-left: 4px solid #8a5a00; padding: 0.1em 0.9em; margin-top: 0.5em; }
.crm-case ul { margin: 0.2em 0; padding-left: 1.3em; }
.crm-case .crm-scroll { overflow-x: auto; margin: 0.5em 0; }
.crm-case .crm-table caption { text-align: left; font-weight: 650; }
.crm-case .crm-table th, .crm-case .crm-table td { text-align: left; vertical-align: top;
  border-bottom: 1px solid #e4e7ec; color: var(--crm-ink); overflow-wrap: break-word; }
.crm-case .crm-diagram { overflow-x: auto; }
.crm-case .crm-diagram svg { min-width: 44em; }
</style>"""
