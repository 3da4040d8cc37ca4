package source

import (
	"reflect"
	"slices"
	"strings"

	"github.com/rutter-dev/rutter/internal/handbook"
)

// refs gathers the references in structs that front matter was read into: the
// values of fields with a tag ref.
func refs(structs ...any) []handbook.Ref {
	var list []handbook.Ref
	for _, s := range structs {
		gather(reflect.ValueOf(s).Elem(), "", -1, &list)
	}
	return list
}

var located = reflect.TypeFor[handbook.Located]()

// gather appends the references of a struct, whose fields lie below the key name
// in the given place of a list.
func gather(v reflect.Value, name string, item int, list *[]handbook.Ref) {
	for i := range v.NumField() {
		sf := v.Type().Field(i)
		tag, tagged := sf.Tag.Lookup("yaml")
		field := v.Field(i)
		if sf.Anonymous && !tagged {
			gather(field, name, item, list)
			continue
		}
		if !tagged {
			continue
		}
		key, _, _ := strings.Cut(tag, ",")
		key, _, _ = strings.Cut(key, "|")
		if key == "" {
			continue
		}
		if name != "" {
			key = name + "." + key
		}
		kinds, refers := sf.Tag.Lookup("ref")
		one := func(v reflect.Value, item int) {
			for v.Kind() == reflect.Pointer {
				if v.IsNil() {
					return
				}
				v = v.Elem()
			}
			switch {
			case v.Type() == located && refers:
				if to := v.Interface().(handbook.Located); to.Value != "" {
					*list = append(*list, reference(to, kinds, key, item))
				}
			case v.Kind() == reflect.Struct && v.Type() != located:
				gather(v, key, item, list)
			}
		}
		if field.Kind() == reflect.Slice {
			for n := range field.Len() {
				at := item
				if at < 0 {
					at = n
				}
				one(field.Index(n), at)
			}
			continue
		}
		one(field, item)
	}
}

// reference is what the value of a field with the given tag names.
func reference(to handbook.Located, kinds, key string, item int) handbook.Ref {
	r := handbook.Ref{To: to, Field: key, Item: item}
	if kinds == "any" {
		return r
	}
	names := strings.Split(kinds, ",")
	if i := slices.Index(names, "url"); i >= 0 {
		r.URLs = true
		names = slices.Delete(names, i, i+1)
	}
	for _, name := range names {
		r.Kinds = append(r.Kinds, handbook.Kind(name))
	}
	return r
}
