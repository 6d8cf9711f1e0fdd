"""Scripts that make files of this repository from its code: catalog, reference page, licences, pictures."""
