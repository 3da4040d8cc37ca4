package strictyaml

import (
	"reflect"
	"strconv"
	"time"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// SchemaVersion is the dialect of the schemas: the one that editors know best.
const SchemaVersion = "http://json-schema.org/draft-07/schema#"

// Schema is the JSON Schema of what Decode reads into the struct that v is, for
// editors that complete keys and mark mistakes while one types. It says nothing
// that Decode does not check, and cannot say all that it does: a key without a
// value, which Decode passes over, is allowed as null.
func Schema(v any) map[string]any {
	s := schemaOf(reflect.TypeOf(v), field{})
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
	case reflect.TypeFor[time.Time]():
		s["type"], s["pattern"] = "string", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	case reflect.TypeFor[handbook.Last]():
		s["type"], s["pattern"] = "string", `^[1-9][0-9]{0,3}[dwmy]$`
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
			keys(s, t)
		default:
			panic("strictyaml: no schema of " + t.String())
		}
	}
	if len(f.enum) > 0 && t.Kind() != reflect.Slice {
		s["enum"] = f.enum
	}
	if f.like != "" {
		s["description"] = "such as " + f.like
	}
	return s
}

// text is what a key that takes text takes: 1984, yes and 2024-01-01 stay what
// they are.
var text = []string{"string", "number", "boolean"}

// keys describes the keys of a struct.
func keys(s map[string]any, t reflect.Type) {
	properties := map[string]any{}
	var required []any
	for _, f := range fields(t) {
		if f.pos {
			continue
		}
		ft := t.FieldByIndex(f.index).Type
		one := schemaOf(ft, f)
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
			all, _ := s["allOf"].([]any)
			s["allOf"] = append(all, map[string]any{"anyOf": either})
		}
	}
	s["type"], s["properties"], s["additionalProperties"] = "object", properties, false
	if len(required) > 0 {
		s["required"] = required
	}
}
