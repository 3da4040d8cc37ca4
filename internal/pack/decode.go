package pack

const tooDeep = "nested too deep"

// decoder reads bytes from the front.
type decoder struct {
	data []byte
	at   int

	// reserved are the bytes that elements take at least which were announced
	// and are still to come. Lists inside of them cannot count on these bytes:
	// else each list within a list could announce as many elements as there are
	// bytes left, and memory would grow with the square of their number.
	reserved int

	wrong string // what is wrong at this place; "": nothing so far
}

// fail notes what is wrong here and returns false.
func (d *decoder) fail(wrong string) bool {
	d.wrong = wrong
	return false
}

// bytes takes the next n bytes.
func (d *decoder) bytes(n uint64) ([]byte, bool) {
	if n > uint64(len(d.data)-d.at) {
		return nil, d.fail("more is announced than there is")
	}
	end := d.at + int(n)
	b := d.data[d.at:end:end]
	d.at = end
	return b, true
}

// flag takes a byte that is 0 or 1.
func (d *decoder) flag() (x, ok bool) {
	if d.at >= len(d.data) {
		return false, d.fail("it ends too early")
	}
	c := d.data[d.at]
	if c > 1 {
		return false, d.fail("a flag that is neither 0 nor 1")
	}
	d.at++
	return c == 1, true
}

// unsigned takes a varint.
func (d *decoder) unsigned() (uint64, bool) {
	var x uint64
	for i, c := range d.data[d.at:] {
		if c < 0x80 {
			if i > 0 && c == 0 || i == 9 && c > 1 {
				return 0, d.fail("a number longer than it has to be or can be")
			}
			d.at += i + 1
			return x | uint64(c)<<(7*i), true
		}
		if i == 9 {
			return 0, d.fail("a number longer than it has to be or can be")
		}
		x |= uint64(c&0x7f) << (7 * i)
	}
	return 0, d.fail("it ends too early")
}

// signed takes a zig-zag varint.
func (d *decoder) signed() (int64, bool) {
	x, ok := d.unsigned()
	return int64(x>>1) ^ -int64(x&1), ok
}

// count takes the number of elements of a slice or map at the given depth, each
// of which takes at least so many bytes, and reserves them. One that is nil is
// not present.
func (d *decoder) count(least, depth int) (n int, present, ok bool) {
	x, ok := d.unsigned()
	if !ok || x == 0 {
		return 0, false, ok
	}
	if depth >= maxDepth {
		return 0, false, d.fail(tooDeep)
	}
	if x--; x > uint64(max(0, len(d.data)-d.at-d.reserved))/uint64(least) {
		return 0, false, d.fail("more is announced than there is")
	}
	d.reserved += int(x) * least
	return int(x), true, true
}
