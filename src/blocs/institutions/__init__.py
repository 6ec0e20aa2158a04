"""How wishes become decisions: sessions and pluggable decision rules."""
