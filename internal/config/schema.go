package config

import "github.com/rutter-dev/rutter/internal/strictyaml"

// Schema is the JSON Schema of site.yaml, made from the struct that reads it.
func Schema() map[string]any { return strictyaml.Schema(nil, file{}) }
