"""The parts of the window: each shows a state and passes wishes on; none knows the agents."""
