package source

import (
	"reflect"

	"github.com/rutter-dev/rutter/internal/handbook"
	"github.com/rutter-dev/rutter/internal/strictyaml"
)

// Schemas are the JSON Schemas of the front matter of each kind of page, and of
// the files that are lists, made from the structs that read them. Keys that a
// plain page does not know are a warning, so its schema allows them.
func Schemas() map[string]map[string]any {
	list := map[string]map[string]any{}
	for _, t := range handbook.Types {
		list[string(t.Kind)] = strictyaml.Schema(t.Required, shapes(t.Kind)...)
	}
	for name, v := range map[string]any{"section": handbook.Section{}, "glossary": glossaryFile{}, "people": peopleFile{}, "failures": failuresFile{}, "annotations": annotationsFile{}} {
		list[name] = strictyaml.Schema(nil, v)
	}
	list[string(handbook.Plain)]["additionalProperties"] = true
	return list
}

// shapes are empty values of what the front matter of a kind is read into.
func shapes(kind handbook.Kind) []any {
	var m handbook.Meta
	into := parts(kind, &m)
	if kind == handbook.Service {
		into = append(into, new(servicePage))
	}
	for i, p := range into {
		into[i] = reflect.ValueOf(p).Elem().Interface()
	}
	return into
}
