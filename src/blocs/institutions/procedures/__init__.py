"""How sessions run inside the compiled step: slots, agenda and seats, rules of decision, wording, bargaining."""
