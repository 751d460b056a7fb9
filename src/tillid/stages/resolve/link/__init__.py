"""Which records of any table are about the same person or company: Fellegi and Sunter's model, without labels."""
