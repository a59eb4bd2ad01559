"""What several detectors need: who is a customer, whose request it is, what came before."""
