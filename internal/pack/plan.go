package pack

import (
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"
)

// plan is how values of one type are written and read. Both functions take the
// place of the value, and how many pointers, slices and maps are around it.
type plan struct {
	append func(b []byte, p unsafe.Pointer, depth int) []byte
	decode func(d *decoder, p unsafe.Pointer, depth int) bool // false: d says what is wrong
}

// plans remembers the plans of the types that were used: reflect.Type → *plan.
var plans sync.Map

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	c := compiler{}
	p := c.plan(t, t.String())
	// Only now is it sure that all of them are complete.
	for t, p := range c {
		plans.Store(t, p)
	}
	return p
}

// compiler makes the plan of a type and of all types within. A type that is met
// again inside itself is there already, though without its functions.
type compiler map[reflect.Type]*plan

var timeType = reflect.TypeFor[time.Time]()

// isTime reports whether values of t are laid out as time.Time is.
func isTime(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.ConvertibleTo(timeType)
}

// plan returns the plan of t, which is found at the given place.
func (c compiler) plan(t reflect.Type, place string) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	if p := c[t]; p != nil {
		return p
	}
	p := &plan{}
	c[t] = p
	switch t.Kind() {
	case reflect.Bool:
		*p = plan{appendBool, decodeBool}
	case reflect.Int:
		*p = signed[int]()
	case reflect.Int8:
		*p = signed[int8]()
	case reflect.Int16:
		*p = signed[int16]()
	case reflect.Int32:
		*p = signed[int32]()
	case reflect.Int64:
		*p = signed[int64]()
	case reflect.Uint:
		*p = unsigned[uint]()
	case reflect.Uint8:
		*p = unsigned[uint8]()
	case reflect.Uint16:
		*p = unsigned[uint16]()
	case reflect.Uint32:
		*p = unsigned[uint32]()
	case reflect.Uint64:
		*p = unsigned[uint64]()
	case reflect.Float32:
		*p = plan{appendFloat32, decodeFloat32}
	case reflect.Float64:
		*p = plan{appendFloat64, decodeFloat64}
	case reflect.String:
		*p = plan{appendString, decodeString}
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			*p = plan{appendBytes, decodeBytes}
			break
		}
		*p = slicePlan(t, c.plan(t.Elem(), place))
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			*p = byteArrayPlan(t.Len())
			break
		}
		*p = arrayPlan(t, c.plan(t.Elem(), place))
	case reflect.Pointer:
		*p = pointerPlan(t, c.plan(t.Elem(), place))
	case reflect.Map:
		if !isKey(t.Key()) {
			panic(fmt.Sprintf("pack: %s: %s has keys that are neither strings nor integers", place, t))
		}
		*p = mapPlan(t, c.plan(t.Key(), place), c.plan(t.Elem(), place))
	case reflect.Struct:
		if isTime(t) {
			*p = plan{appendTime, decodeTime}
			break
		}
		*p = structPlan(c.fields(t))
	default:
		panic(fmt.Sprintf("pack: %s: a value of type %s cannot be written", place, t))
	}
	return p
}

// fields returns the fields of a struct that are written.
func (c compiler) fields(t reflect.Type) []field {
	var list []field
	for f := range written(t) {
		list = append(list, field{f.Offset, c.plan(f.Type, t.String()+"."+f.Name)})
	}
	return list
}

// written yields the fields of a struct but for those that are left out by
// their tag, and panics at one that is neither exported nor left out.
func written(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			if f.Tag.Get("pack") == "-" {
				continue
			}
			if !f.IsExported() {
				panic(fmt.Sprintf("pack: %s.%s: the field is not exported; it can be left out with the tag `pack:\"-\"`", t, f.Name))
			}
			if !yield(f) {
				return
			}
		}
	}
}

func isKey(t reflect.Type) bool {
	return t.Kind() == reflect.String || t.Kind() >= reflect.Int && t.Kind() <= reflect.Uint64
}

// least is the smallest number of bytes that a value of t is written as. More
// elements than the bytes that are left have room for cannot be there, which
// bounds the memory that is taken for them.
func least(t reflect.Type) int {
	switch t.Kind() {
	case reflect.Float32:
		return 4
	case reflect.Float64:
		return 8
	case reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return t.Len()
		}
		return t.Len() * least(t.Elem())
	case reflect.Struct:
		if isTime(t) {
			return 2
		}
		n := 0
		for f := range written(t) {
			n += least(f.Type)
		}
		return n
	}
	return 1
}
