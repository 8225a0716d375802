"""The registry: what certification bodies, accreditation bodies and arrangements do, one use case
in each module. It ties the issuer's judgement to the register's storage, and nothing else does.
"""
