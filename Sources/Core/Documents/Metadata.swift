// Who works with documents works with their metadata: one import gives both.
@_exported public import Metadata
