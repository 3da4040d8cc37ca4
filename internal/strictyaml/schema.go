package strictyaml

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// SchemaVersion is the dialect of the schemas: the one that editors know best.
const SchemaVersion = "http://json-schema.org/draft-07/schema#"

// Schema is the JSON Schema of what Decode reads into the structs that v are, for
// editors that complete keys and mark mistakes while one types. The names are of
// keys that are required, whatever the tags say. It says nothing that Decode does
// not check, and cannot say all that it does: a key without a value, which Decode
// passes over, is allowed as null.
func Schema(required []string, v ...any) map[string]any {
	s := map[string]any{}
	var all []field
	for _, one := range v {
		all = append(all, fields(reflect.TypeOf(one))...)
	}
	for i := range all {
		all[i].required = all[i].required || slices.Contains(required, all[i].names[0])
	}
	keys(s, all)
	s["$schema"] = SchemaVersion
	return s
}

func schemaOf(t reflect.Type, f field) map[string]any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s := map[string]any{}
	switch t {
	case reflect.TypeFor[time.Duration]():
		s["type"], s["pattern"] = "string", `^([0-9]+(ms|s|m|h))+$|^[0-9]+d$`
	case reflect.TypeFor[time.Time](), reflect.TypeFor[handbook.Day]():
		s["type"], s["pattern"] = "string", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	case reflect.TypeFor[handbook.Last]():
		s["type"], s["pattern"] = "string", `^[1-9][0-9]{0,3}([dwy]|mo?)$`
	case locatedType:
		s["type"] = text
	default:
		switch t.Kind() {
		case reflect.String:
			s["type"] = text
			if n, err := strconv.Atoi(f.max); err == nil {
				s["maxLength"] = n
			}
		case reflect.Bool:
			s["type"] = "boolean"
		case reflect.Int, reflect.Float64:
			s["type"] = "number"
			if t.Kind() == reflect.Int {
				s["type"] = "integer"
			}
			for key, bound := range map[string]string{"minimum": f.min, "maximum": f.max} {
				if n, err := strconv.ParseFloat(bound, 64); err == nil {
					s[key] = n
				}
			}
		case reflect.Slice:
			item := schemaOf(t.Elem(), field{enum: f.enum})
			s["type"], s["items"] = "array", item
			if f.single {
				s = map[string]any{"anyOf": []any{item, s}}
			}
		case reflect.Map:
			s["type"], s["additionalProperties"] = "object", schemaOf(t.Elem(), field{})
		case reflect.Struct:
			all := fields(t)
			keys(s, all)
			if i := slices.IndexFunc(all, func(f field) bool { return f.bare }); i >= 0 {
				s = map[string]any{"anyOf": []any{schemaOf(all[i].typ, all[i]), s}}
			}
		default:
			panic("strictyaml: no schema of " + t.String())
		}
	}
	if len(f.enum) > 0 && t.Kind() != reflect.Slice {
		s["enum"] = f.enum
	}
	words := f.is
	if f.like != "" {
		words += "; such as " + f.like
	}
	if words = strings.TrimPrefix(words, "; "); words != "" {
		s["description"] = words
	}
	return s
}

// text is what a key that takes text takes: 1984, yes and 2024-01-01 stay what
// they are.
var text = []string{"string", "number", "boolean"}

// keys describes the keys of a group.
func keys(s map[string]any, all []field) {
	properties := map[string]any{}
	var required []any
	for _, f := range all {
		if f.pos {
			continue
		}
		one := schemaOf(f.typ, f)
		for _, name := range f.names {
			// A key without a value is like no key.
			properties[name] = map[string]any{"anyOf": []any{one, map[string]any{"type": "null"}}}
			if f.required {
				properties[name] = one
			}
		}
		if f.required && len(f.names) == 1 {
			required = append(required, f.names[0])
		} else if f.required {
			var either []any
			for _, name := range f.names {
				either = append(either, map[string]any{"required": []any{name}})
			}
			some, _ := s["allOf"].([]any)
			s["allOf"] = append(some, map[string]any{"anyOf": either})
		}
	}
	s["type"], s["properties"], s["additionalProperties"] = "object", properties, false
	if len(required) > 0 {
		s["required"] = required
	}
}
