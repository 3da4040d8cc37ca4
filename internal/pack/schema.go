package pack

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"strings"
)

// format is the version of the encoding.
const format = 1

// Schema is a short text that changes whenever the encoding of values of v's
// type would, or what a field means by its name: it is made of the names, kinds
// and order of all fields, of their types' fields, and so on. A pointer stands
// for what it points to, and may be nil.
func Schema(v any) string {
	t := reflect.TypeOf(v)
	if t == nil {
		panic("pack: nil has no type")
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	planOf(t) // panics where there is no encoding
	d := description{met: map[reflect.Type]int{}}
	fmt.Fprintf(&d, "%d ", format)
	d.describe(t)
	sum := cut(sha256.Sum256([]byte(d.String())))
	return hex.EncodeToString(sum[:])
}

// description is the text that stands for a type, without the names of types:
// they may change without harm.
type description struct {
	strings.Builder
	met map[reflect.Type]int // types that could be within themselves, in the order they were met
}

func (d *description) describe(t reflect.Type) {
	switch t.Kind() {
	case reflect.Struct, reflect.Slice, reflect.Array, reflect.Pointer, reflect.Map:
		if n, ok := d.met[t]; ok {
			fmt.Fprintf(d, "#%d", n)
			return
		}
		d.met[t] = len(d.met)
	}
	switch {
	case isTime(t):
		d.WriteString("time")
	case t.Kind() == reflect.Struct:
		d.WriteString("{")
		for f := range written(t) {
			d.WriteString(f.Name + " ")
			d.describe(f.Type)
			d.WriteString(";")
		}
		d.WriteString("}")
	case t.Kind() == reflect.Slice:
		d.WriteString("[]")
		d.describe(t.Elem())
	case t.Kind() == reflect.Array:
		fmt.Fprintf(d, "[%d]", t.Len())
		d.describe(t.Elem())
	case t.Kind() == reflect.Pointer:
		d.WriteString("*")
		d.describe(t.Elem())
	case t.Kind() == reflect.Map:
		d.WriteString("map ")
		d.describe(t.Key())
		d.WriteString(" ")
		d.describe(t.Elem())
	default:
		d.WriteString(t.Kind().String())
	}
}
