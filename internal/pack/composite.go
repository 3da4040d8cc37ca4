package pack

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// field is one field of a struct.
type field struct {
	offset uintptr
	*plan
}

func structPlan(fields []field) plan {
	return plan{
		func(b []byte, p unsafe.Pointer, depth int) []byte {
			for i := range fields {
				f := &fields[i]
				b = f.append(b, unsafe.Add(p, f.offset), depth)
			}
			return b
		},
		func(d *decoder, p unsafe.Pointer, depth int) bool {
			for i := range fields {
				f := &fields[i]
				if !f.decode(d, unsafe.Add(p, f.offset), depth) {
					return false
				}
			}
			return true
		},
	}
}

func arrayPlan(t reflect.Type, elem *plan) plan {
	n, size := t.Len(), t.Elem().Size()
	return plan{
		func(b []byte, p unsafe.Pointer, depth int) []byte { return appendRun(b, elem, p, n, size, depth) },
		func(d *decoder, p unsafe.Pointer, depth int) bool { return decodeRun(d, elem, p, n, size, 0, depth) },
	}
}

// slice is how Go lays out a slice of any type.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

func slicePlan(t reflect.Type, elem *plan) plan {
	size, least := t.Elem().Size(), least(t.Elem())
	if least == 0 {
		// Their number would not be bounded by the bytes they take: they take none.
		panic(fmt.Sprintf("pack: %s: its elements hold nothing that could be written", t))
	}
	return plan{
		func(b []byte, p unsafe.Pointer, depth int) []byte {
			s := (*slice)(p)
			if s.data == nil {
				return append(b, 0)
			}
			b = binary.AppendUvarint(b, uint64(s.len)+1)
			return appendRun(b, elem, s.data, s.len, size, deeper(t, depth))
		},
		func(d *decoder, p unsafe.Pointer, depth int) bool {
			n, present, ok := d.count(least, depth)
			if !ok || !present {
				*(*slice)(p) = slice{}
				return ok
			}
			// Made by its own type, so that the collector knows the pointers within.
			made := reflect.MakeSlice(t, n, n).UnsafePointer()
			*(*slice)(p) = slice{made, n, n}
			return decodeRun(d, elem, made, n, size, least, depth+1)
		},
	}
}

func appendRun(b []byte, elem *plan, p unsafe.Pointer, n int, size uintptr, depth int) []byte {
	for i := range n {
		b = elem.append(b, unsafe.Add(p, uintptr(i)*size), depth)
	}
	return b
}

// decodeRun reads n elements, for each of which so many bytes are reserved.
func decodeRun(d *decoder, elem *plan, p unsafe.Pointer, n int, size uintptr, reserved, depth int) bool {
	for i := range n {
		d.reserved -= reserved
		if !elem.decode(d, unsafe.Add(p, uintptr(i)*size), depth) {
			return false
		}
	}
	return true
}

func pointerPlan(t reflect.Type, elem *plan) plan {
	to := t.Elem()
	return plan{
		func(b []byte, p unsafe.Pointer, depth int) []byte {
			at := *(*unsafe.Pointer)(p)
			if at == nil {
				return append(b, 0)
			}
			return elem.append(append(b, 1), at, deeper(t, depth))
		},
		func(d *decoder, p unsafe.Pointer, depth int) bool {
			present, ok := d.flag()
			if !ok || !present {
				*(*unsafe.Pointer)(p) = nil
				return ok
			}
			if depth >= maxDepth {
				return d.fail(tooDeep)
			}
			made := reflect.New(to).UnsafePointer()
			*(*unsafe.Pointer)(p) = made
			return elem.decode(d, made, depth+1)
		},
	}
}

func mapPlan(t reflect.Type, key, elem *plan) plan {
	less, least := keyOrder(t.Key()), 1+least(t.Elem())
	return plan{
		func(b []byte, p unsafe.Pointer, depth int) []byte {
			m := reflect.NewAt(t, p).Elem()
			if m.IsNil() {
				return append(b, 0)
			}
			b = binary.AppendUvarint(b, uint64(m.Len())+1)
			depth = deeper(t, depth)
			keys := m.MapKeys()
			slices.SortFunc(keys, less)
			k, e := reflect.New(t.Key()), reflect.New(t.Elem()) // values of a map have no place of their own
			for _, x := range keys {
				k.Elem().Set(x)
				e.Elem().Set(m.MapIndex(x))
				b = key.append(b, k.UnsafePointer(), depth)
				b = elem.append(b, e.UnsafePointer(), depth)
			}
			return b
		},
		func(d *decoder, p unsafe.Pointer, depth int) bool {
			m := reflect.NewAt(t, p).Elem()
			n, present, ok := d.count(least, depth)
			if !ok || !present {
				m.SetZero()
				return ok
			}
			m.Set(reflect.MakeMapWithSize(t, n))
			last := reflect.New(t.Key()).Elem()
			for i := range n {
				d.reserved -= least
				k, e := reflect.New(t.Key()), reflect.New(t.Elem())
				if !key.decode(d, k.UnsafePointer(), depth+1) {
					return false
				}
				if i > 0 && less(last, k.Elem()) >= 0 {
					return d.fail("a map whose keys are not in order")
				}
				last = k.Elem()
				if !elem.decode(d, e.UnsafePointer(), depth+1) {
					return false
				}
				m.SetMapIndex(last, e.Elem())
			}
			return true
		},
	}
}

// keyOrder returns the order of the keys of a map.
func keyOrder(t reflect.Type) func(a, b reflect.Value) int {
	switch {
	case t.Kind() == reflect.String:
		return func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) }
	case t.Kind() <= reflect.Int64:
		return func(a, b reflect.Value) int { return cmp.Compare(a.Int(), b.Int()) }
	}
	return func(a, b reflect.Value) int { return cmp.Compare(a.Uint(), b.Uint()) }
}

// deeper is the depth inside a value of type t at the given depth.
func deeper(t reflect.Type, depth int) int {
	if depth >= maxDepth {
		panic(fmt.Sprintf("pack: a %s is nested more than %d deep, or holds itself", t, maxDepth))
	}
	return depth + 1
}
