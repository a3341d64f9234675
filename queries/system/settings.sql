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
-- Rows have no order of their own here: texts that need one say so. Saves memory in bulk loads.
SET preserve_insertion_order = false

-- name: checkpoint
SET checkpoint_threshold = '64MiB'

-- name: directories
SET allowed_directories = [{archive}, {temporary}]

-- name: no_outside
SET enable_external_access = false

-- name: lock
SET lock_configuration = true
