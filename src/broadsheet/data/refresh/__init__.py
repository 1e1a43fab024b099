"""New versions of tables from their sources: asked for, kept, mapped, validated, put in place."""
