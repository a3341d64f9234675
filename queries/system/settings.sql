-- What each database connection is set to, in this order; the last one locks the rest.

-- name: no_autoinstall
SET autoinstall_known_extensions = false

-- name: no_autoload
SET autoload_known_extensions = false

-- name: memory
SET memory_limit = {memory}

-- name: threads
SET threads = {threads}

-- name: temporary
SET temp_directory = {temporary}

-- name: spill
SET max_temp_directory_size = {spill}

-- name: order
-- On every connection, readers' and writers': without it an answer of more than a row group (122,880 rows) comes in any
-- order, whatever its text says. Deliveries are joined before they are written, so that it costs them nothing.
SET preserve_insertion_order = true

-- name: checkpoint
-- Folding the log of changes in takes about as much room as the log has.
SET checkpoint_threshold = {log}

-- name: directories
SET allowed_directories = [{folders}, {temporary}]

-- name: no_outside
SET enable_external_access = false

-- name: open
-- What may be spilled shrinks as the disk fills up.
SET allowed_configs = ['max_temp_directory_size']

-- name: lock
SET lock_configuration = true
