"""What operators see: metrics, health, logs. No metric's label ever holds a session id, a phone number or a jid."""
