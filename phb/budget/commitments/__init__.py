"""Orders, agreements and rotas: money of a plan line promised before it is spent."""
