"""Allocation: who could live where, which group, which shared rooms, and why."""
