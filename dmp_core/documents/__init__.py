"""CDA R2: header, frame, unstructured documents, checks before sending, metadata for the DMP.

It knows no type of document: types come from plugins. It opens no file and no socket.
"""
