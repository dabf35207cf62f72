"""What is printed in a paper: tables, exact numbers, references."""
