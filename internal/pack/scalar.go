package pack

import (
	"encoding/binary"
	"math"
	"time"
	"unsafe"
)

func appendBool(b []byte, p unsafe.Pointer, _ int) []byte {
	if *(*bool)(p) {
		return append(b, 1)
	}
	return append(b, 0)
}

func decodeBool(d *decoder, p unsafe.Pointer, _ int) bool {
	x, ok := d.flag()
	*(*bool)(p) = x
	return ok
}

func signed[T int | int8 | int16 | int32 | int64]() plan {
	return plan{
		func(b []byte, p unsafe.Pointer, _ int) []byte { return binary.AppendVarint(b, int64(*(*T)(p))) },
		func(d *decoder, p unsafe.Pointer, _ int) bool {
			x, ok := d.signed()
			*(*T)(p) = T(x)
			if ok && int64(T(x)) != x {
				return d.fail("a number too large for its type")
			}
			return ok
		},
	}
}

func unsigned[T uint | uint8 | uint16 | uint32 | uint64]() plan {
	return plan{
		func(b []byte, p unsafe.Pointer, _ int) []byte { return binary.AppendUvarint(b, uint64(*(*T)(p))) },
		func(d *decoder, p unsafe.Pointer, _ int) bool {
			x, ok := d.unsigned()
			*(*T)(p) = T(x)
			if ok && uint64(T(x)) != x {
				return d.fail("a number too large for its type")
			}
			return ok
		},
	}
}

func appendFloat32(b []byte, p unsafe.Pointer, _ int) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(*(*float32)(p)))
}

func decodeFloat32(d *decoder, p unsafe.Pointer, _ int) bool {
	x, ok := d.bytes(4)
	if ok {
		*(*float32)(p) = math.Float32frombits(binary.LittleEndian.Uint32(x))
	}
	return ok
}

func appendFloat64(b []byte, p unsafe.Pointer, _ int) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(*(*float64)(p)))
}

func decodeFloat64(d *decoder, p unsafe.Pointer, _ int) bool {
	x, ok := d.bytes(8)
	if ok {
		*(*float64)(p) = math.Float64frombits(binary.LittleEndian.Uint64(x))
	}
	return ok
}

func appendString(b []byte, p unsafe.Pointer, _ int) []byte {
	s := *(*string)(p)
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func decodeString(d *decoder, p unsafe.Pointer, _ int) bool {
	n, ok := d.unsigned()
	if !ok {
		return false
	}
	x, ok := d.bytes(n)
	*(*string)(p) = unsafe.String(unsafe.SliceData(x), len(x))
	return ok
}

func appendBytes(b []byte, p unsafe.Pointer, _ int) []byte {
	s := *(*[]byte)(p)
	if s == nil {
		return append(b, 0)
	}
	return append(binary.AppendUvarint(b, uint64(len(s))+1), s...)
}

func decodeBytes(d *decoder, p unsafe.Pointer, _ int) bool {
	n, ok := d.unsigned()
	if !ok {
		return false
	}
	if n == 0 {
		*(*[]byte)(p) = nil
		return true
	}
	x, ok := d.bytes(n - 1)
	*(*[]byte)(p) = x
	return ok
}

func byteArrayPlan(n int) plan {
	return plan{
		func(b []byte, p unsafe.Pointer, _ int) []byte { return append(b, unsafe.Slice((*byte)(p), n)...) },
		func(d *decoder, p unsafe.Pointer, _ int) bool {
			x, ok := d.bytes(uint64(n))
			copy(unsafe.Slice((*byte)(p), n), x)
			return ok
		},
	}
}

func appendTime(b []byte, p unsafe.Pointer, _ int) []byte {
	t := (*time.Time)(p)
	b = binary.AppendVarint(b, t.Unix())
	return binary.AppendUvarint(b, uint64(t.Nanosecond()))
}

func decodeTime(d *decoder, p unsafe.Pointer, _ int) bool {
	sec, ok := d.signed()
	if !ok {
		return false
	}
	nsec, ok := d.unsigned()
	if ok && nsec >= 1e9 {
		return d.fail("a second of more than a second")
	}
	*(*time.Time)(p) = time.Unix(sec, int64(nsec)).UTC()
	return ok
}
