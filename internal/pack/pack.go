// Package pack turns plain Go values into bytes and back. Equal values give
// equal bytes, on every machine and in every process, so the bytes serve as
// records of a cache and, hashed, as a test of equality.
//
//	value ── Append ──▶ bytes ── Decode ──▶ equal value
//	  ├──── Sum ─────▶ Hash    what the value is
//	  └──── Schema ──▶ text    what its type is: records of another Schema cannot be read
//
// Plain values are booleans, integers, floats, strings, []byte, slices, arrays,
// structs, pointers, maps with strings or integers as keys, time.Time, and named
// types of these. A nil slice, map or pointer stays apart from an empty one. A
// time is an instant: it comes back in UTC, without zone and monotonic clock.
// Two pointers to one value come back as two values.
//
// Everything that a value holds counts. Were a field left out without a word, a
// page would stay as it was when that field changes; so a type with a field that
// is unexported, an interface, a func or a channel panics when it is first used,
// with the type and the field in the message. A field that is to be left out
// says so with the tag `pack:"-"`; Decode does not touch it.
//
// # Encoding
//
// Fields follow each other in the order of the type, without names.
//
//	bool                  one byte, 0 or 1
//	int…, uint…           varint, of signed integers zig-zag
//	float32, float64      the bits, little endian
//	string                length, bytes
//	[]byte                0 if nil, else length + 1, bytes
//	slice, map            0 if nil, else length + 1, elements; maps in the order of their keys
//	array                 elements; of bytes: as they are
//	pointer               0 if nil, else 1 and the value
//	time.Time             seconds since 1970 as int64, nanoseconds as uint32
//
// There is one encoding of a value: Decode refuses every other, such as a varint
// that is longer than it has to be.
package pack

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"reflect"
	"unsafe"
)

// maxDepth bounds how deep pointers, slices and maps are nested, so that hostile
// bytes, or a value that holds itself, cannot use up the stack.
const maxDepth = 10_000

// Append appends the encoding of v to b. A pointer stands for what it points to,
// which is then not copied. It panics where the type is not plain, where v is
// nil, and where v is nested 10,000 deep, as a value that holds itself is.
func Append(b []byte, v any) []byte {
	p, t := value(v)
	return planOf(t).append(b, p, 0)
}

// Decode sets what v points to from an encoding of the same type. Strings and
// byte slices of v lie inside data, which must not change from then on. Memory
// is taken in proportion to the length of data, whatever is in it. After an
// error v is of no use.
func Decode(data []byte, v any) error {
	x := reflect.ValueOf(v)
	if x.Kind() != reflect.Pointer || x.IsNil() {
		panic(fmt.Sprintf("pack: decode into %T, which is no pointer to a value", v))
	}
	d := decoder{data: data}
	ok := planOf(x.Type().Elem()).decode(&d, x.UnsafePointer(), 0)
	if ok && d.at < len(data) {
		d.fail("the value ends here")
	}
	if d.wrong != "" {
		return fmt.Errorf("decode %s: byte %d of %d: %s", x.Type().Elem(), d.at, len(data), d.wrong)
	}
	return nil
}

// Hash is the first half of a SHA-256. Values that differ have different hashes
// as far as anybody can tell.
type Hash [16]byte

// Sum is the hash of the encoding of v. It knows no types: 1 and true are equal.
func Sum(v any) Hash {
	return cut(sha256.Sum256(Append(make([]byte, 0, 512), v)))
}

// SumBytes is the hash of a list of byte strings, each with its length: "ab", "c"
// and "a", "bc" differ.
func SumBytes(parts ...[]byte) Hash {
	n := 0
	for _, p := range parts {
		n += binary.MaxVarintLen64 + len(p)
	}
	b := make([]byte, 0, n)
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return cut(sha256.Sum256(b))
}

func cut(sum [sha256.Size]byte) Hash { return Hash(sum[:len(Hash{})]) }

// value returns where v is, and the type of what is there.
func value(v any) (unsafe.Pointer, reflect.Type) {
	x := reflect.ValueOf(v)
	if !x.IsValid() {
		panic("pack: nil is no value")
	}
	if x.Kind() != reflect.Pointer {
		copied := reflect.New(x.Type())
		copied.Elem().Set(x)
		x = copied
	}
	if x.IsNil() {
		panic(fmt.Sprintf("pack: nil %T is no value", v))
	}
	return x.UnsafePointer(), x.Type().Elem()
}
