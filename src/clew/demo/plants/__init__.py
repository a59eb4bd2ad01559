"""What is planted, one module for each family of faults and changes."""
