"""The parts of `world.calibration`: what is measured, what is published, how both are set side by side."""
