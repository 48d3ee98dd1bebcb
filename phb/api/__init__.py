"""JSON under /api/v1: each route parses, makes one domain call and serialises.

A module here is one resource. The shape of a route, from the outside in:

    @blp.route("/<uuid:budget_id>/sign-off", methods=["POST"])
    @needs(Permission.BUDGET_SIGN_OFF_FINANCE)
    @idempotent                                   # where money moves or a claim is made
    @blp.arguments(SignOffSchema)
    @blp.response(200, BudgetSchema)
    def sign_off(body: SignOffBody, budget_id: UUID) -> PersonalHealthBudget: ...
"""
