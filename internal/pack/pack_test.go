package pack

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type (
	word   string
	level  int8
	shelf  []word
	moment time.Time
	tree   struct {
		Name string
		Kids []tree
		Up   *tree
	}
	nested []nested
	Common struct{ Path, Title string }
	all    struct {
		Common
		Bool          bool
		Int           int
		Int8          int8
		Int16         int16
		Int32         int32
		Int64         int64
		Uint          uint
		Uint8         uint8
		Uint16        uint16
		Uint32        uint32
		Uint64        uint64
		Float32       float32
		Float64       float64
		String        string
		Bytes         []byte
		Strings       []string
		Structs       []Common
		Sum           [4]byte
		Numbers       [3]int
		Pointer       *Common
		PointerAgain  **Common
		ByName        map[string]int
		ByNumber      map[int16][]string
		ByLevel       map[level]word
		ByUnsigned    map[uint8]bool
		Time          time.Time
		Moment        moment
		Word          word
		Level         level
		Shelf         shelf
		Tree          tree
		Nested        nested
		ByteArrays    [][2]byte
		LeftOut       func() `pack:"-"`
		leftOut       int    `pack:"-"`
		Empty         struct{}
		EmptyInArrays [2]struct{}
	}
)

func full() all {
	c := &Common{"a.md", "A"}
	return all{
		Common: Common{"roles/qa.md", "Quality"},
		Bool:   true, Int: -1, Int8: math.MinInt8, Int16: math.MaxInt16, Int32: math.MinInt32, Int64: math.MinInt64,
		Uint: 7, Uint8: 255, Uint16: math.MaxUint16, Uint32: math.MaxUint32, Uint64: math.MaxUint64,
		Float32: -0.5, Float64: math.Inf(1),
		String: "ä\x00\xff", Bytes: []byte("bytes"), Strings: []string{"", "x"}, Structs: []Common{{"p", "t"}, {}},
		Sum: [4]byte{1, 2, 3, 4}, Numbers: [3]int{-1, 0, 300},
		Pointer: c, PointerAgain: &c,
		ByName:     map[string]int{"b": 2, "a": 1, "": 0},
		ByNumber:   map[int16][]string{-1: nil, 0: {}, 300: {"x"}},
		ByLevel:    map[level]word{-128: "low", 127: "high"},
		ByUnsigned: map[uint8]bool{200: true, 3: false},
		Time:       time.Date(2024, 2, 29, 23, 59, 59, 999_999_999, time.UTC),
		Moment:     moment(time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)),
		Word:       "w", Level: -3, Shelf: shelf{"x"},
		Tree:       tree{Name: "root", Kids: []tree{{Name: "kid", Kids: []tree{}, Up: &tree{Name: "up"}}}},
		Nested:     nested{nil, {}, {{}, nil}},
		ByteArrays: [][2]byte{{1, 2}, {3, 4}},
	}
}

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	f := full()
	for name, v := range map[string]any{
		"full": &f, "zero": &all{},
		"empty is not nil": &all{Bytes: []byte{}, Strings: []string{}, ByName: map[string]int{}, Tree: tree{Kids: []tree{}}},
		"a string":         new("x"),
		"a slice":          &[]int{1, 2},
		"a map":            &map[string][]byte{"x": nil, "y": {}},
		"a pointer":        new(new(1)),
		"an empty struct":  &struct{}{},
	} {
		b := Append([]byte("before"), v)[len("before"):]
		pointed := reflect.ValueOf(v).Elem()
		if again := Append(nil, pointed.Interface()); pointed.Kind() != reflect.Pointer && !bytes.Equal(again, b) {
			t.Errorf("%s: as a value %x, by its pointer %x", name, again, b)
		}
		got := reflect.New(reflect.TypeOf(v).Elem())
		if err := Decode(b, got.Interface()); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !reflect.DeepEqual(got.Interface(), v) {
			t.Errorf("%s: got %+v, want %+v", name, got.Elem(), reflect.ValueOf(v).Elem())
		}
		if second := Append(nil, got.Interface()); !bytes.Equal(second, b) {
			t.Errorf("%s: encoded %x, decoded and encoded again %x", name, b, second)
		}
	}
}

func TestDecodeReplacesAllButWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	got := full()
	got.leftOut = 7
	if err := Decode(Append(nil, &all{}), &got); err != nil {
		t.Fatal(err)
	}
	if want := (all{leftOut: 7}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// The bytes on disk are read by the next version: they change only together
// with the constant format.
func TestEncodingIsAsDescribed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    any
		want string
	}{
		{true, "01"},
		{-1, "01"},
		{int8(64), "8001"},
		{uint(300), "ac02"},
		{1.5, "000000000000f83f"},
		{float32(1.5), "0000c03f"},
		{"ab", "026162"},
		{[]byte(nil), "00"},
		{[]byte("ab"), "036162"},
		{[]string{"a", ""}, "03016100"},
		{[]string(nil), "00"},
		{[2]byte{9, 8}, "0908"},
		{[2]uint{9, 300}, "09ac02"},
		{struct{ P, Q *uint }{P: new(uint(5))}, "010500"},
		{map[string]uint{"b": 2, "a": 1}, "03016101016202"},
		{map[int]bool{3: true, -3: false}, "0305000601"},
		{time.Unix(-1, 2), "0102"},
		{time.Time{}, "ffdb8ff9ce0300"},
	} {
		if got := fmt.Sprintf("%x", Append(nil, c.v)); got != c.want {
			t.Errorf("%T %v: got %s, want %s", c.v, c.v, got, c.want)
		}
	}
}

func TestMapsHaveOneOrder(t *testing.T) {
	t.Parallel()
	want := Append(nil, numbered(100))
	for range 20 {
		if got := Append(nil, numbered(100)); !bytes.Equal(got, want) {
			t.Fatalf("one map, two encodings:\n%x\n%x", got, want)
		}
	}
}

func numbered(n int) map[string]int {
	m := map[string]int{}
	for i := range n {
		m[fmt.Sprint(i)] = i
	}
	return m
}

func TestTimeIsAnInstant(t *testing.T) {
	t.Parallel()
	utc := time.Date(2024, 3, 1, 12, 0, 0, 5, time.UTC)
	away := utc.In(time.FixedZone("away", 3600))
	if Sum(utc) != Sum(away) {
		t.Errorf("one instant, two hashes: %v %v", utc, away)
	}
	var got time.Time
	if err := Decode(Append(nil, away), &got); err != nil || got != utc {
		t.Errorf("got %v, %v, want %v", got, err, utc)
	}
	if err := Decode(Append(nil, time.Time{}), &got); err != nil || got != (time.Time{}) {
		t.Errorf("zero time: got %#v, %v", got, err)
	}
}

func TestDecodeCopiesNoStrings(t *testing.T) {
	t.Parallel()
	data := Append(nil, &Common{"abc", "def"})
	var got Common
	if err := Decode(data, &got); err != nil {
		t.Fatal(err)
	}
	data[1] = 'X'
	if got.Path != "Xbc" {
		t.Errorf("got %q: the string was copied", got.Path)
	}
	data = Append(nil, []byte("abc"))
	var b []byte
	if err := Decode(append(data, 'd')[:len(data)], &b); err != nil {
		t.Fatal(err)
	}
	if cap(b) != 3 {
		t.Errorf("a byte slice of 3 has capacity %d: appending to it would write into the data", cap(b))
	}
}

type (
	unexported struct{ Page inner }
	inner      struct {
		Title string
		x     int
	}
)

func TestTypesThatCannotBeWrittenPanic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    any
		want string
	}{
		{unexported{Page: inner{x: 1}}, "pack: pack.inner.x: the field is not exported"},
		{&unexported{}, "pack: pack.inner.x: the field is not exported"},
		{[]unexported{}, "pack: pack.inner.x: "},
		{map[string]*unexported{}, "pack: pack.inner.x: "},
		{struct{ inner }{}, "pack: struct { pack.inner }.inner: "},
		{struct{ Do func() }{}, "pack: struct { Do func() }.Do: a value of type func()"},
		{struct{ Any []any }{}, "Any: a value of type interface {}"},
		{struct{ C map[string]chan int }{}, "C: a value of type chan int"},
		{struct{ M map[float64]int }{}, "M: map[float64]int has keys"},
		{struct{ U uintptr }{}, "U: a value of type uintptr"},
		{complex(1, 2), "pack: complex128: a value of type complex128"},
		{[]struct{}{}, "pack: []struct {}: its elements hold nothing"},
		{nil, "pack: nil is no value"},
		{(*Common)(nil), "pack: nil *pack.Common is no value"},
	} {
		for range 2 { // the second use is no other than the first
			if got := panics(func() { Append(nil, c.v) }); !strings.Contains(got, c.want) {
				t.Errorf("Append(%T): panic %q, want %q", c.v, got, c.want)
			}
		}
		if c.v == nil || c.v == any((*Common)(nil)) {
			continue
		}
		if got := panics(func() { Schema(c.v) }); !strings.Contains(got, c.want) {
			t.Errorf("Schema(%T): panic %q, want %q", c.v, got, c.want)
		}
		into := reflect.New(reflect.TypeOf(c.v)).Interface()
		if got := panics(func() { _ = Decode(nil, into) }); reflect.TypeOf(c.v).Kind() != reflect.Pointer && !strings.Contains(got, c.want) {
			t.Errorf("Decode(%T): panic %q, want %q", into, got, c.want)
		}
	}
	if got := panics(func() { _ = Decode(nil, Common{}) }); !strings.Contains(got, "no pointer") {
		t.Errorf("Decode into a value: panic %q", got)
	}
}

func panics(f func()) (message string) {
	defer func() {
		if x := recover(); x != nil {
			message = fmt.Sprint(x)
		}
	}()
	f()
	return ""
}

func TestSchemaFollowsTheStructure(t *testing.T) {
	t.Parallel()
	type A struct {
		Name string
		N    int
	}
	type B struct {
		N    int
		Name string
	}
	type C struct {
		Title string
		N     int
	}
	type D struct {
		Name string
		N    int8
	}
	type E struct {
		Name string
		N    []int
	}
	type F struct {
		Name string
		N    *int
	}
	type G struct {
		Name string
		N    [2]int
	}
	type H struct {
		Name string
		N    map[string]int
	}
	type I struct {
		Name string
		N    time.Time
	}
	type J struct {
		Name string
		N    int
		More bool
	}
	type K struct {
		Name string
		N    A
	}
	type L struct{ Kids []L }
	type M struct{ Kids []A }
	seen := map[string]any{}
	for _, v := range []any{A{}, B{}, C{}, D{}, E{}, F{}, G{}, H{}, I{}, J{}, K{}, L{}, M{}, []A{}, map[string]A{}, "", word2{}} {
		s := Schema(v)
		if old, ok := seen[s]; ok {
			t.Errorf("%T and %T have one schema", old, v)
		}
		seen[s] = v
	}
	type A2 struct {
		Name word // a name of its own
		N    int
		Left func() `pack:"-"`
	}
	if Schema(A{}) != Schema(A2{}) {
		t.Errorf("types of one encoding have two schemas: %T %T", A{}, A2{})
	}
	if Schema(A{}) != Schema((*A)(nil)) {
		t.Error("a pointer to a type has another schema than the type")
	}
}

type word2 struct{ A, B tree }

func TestSumBytesKnowsWherePartsEnd(t *testing.T) {
	t.Parallel()
	seen := map[Hash][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}} {
		var b [][]byte
		for _, p := range parts {
			b = append(b, []byte(p))
		}
		h := SumBytes(b...)
		if old, ok := seen[h]; ok {
			t.Errorf("%q and %q have one hash", old, parts)
		}
		seen[h] = parts
	}
	if got, want := fmt.Sprintf("%x", Sum("")), "6e340b9cffb37a989ca544e6bb780a2c"; got != want {
		t.Errorf("Sum(\"\"): got %s, want %s, the SHA-256 of a zero byte", got, want)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		data string
		into any
		want string
	}{
		{"", new(bool), "byte 0 of 0: it ends too early"},
		{"\x02", new(bool), "neither 0 nor 1"},
		{"\x01\x00", new(bool), "byte 1 of 2: the value ends here"},
		{"\x80", new(uint), "ends too early"},
		{"\x80\x00", new(uint), "longer than it has to be"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", new(uint64), "can be"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", new(uint64), "can be"},
		{"\x80\x02", new(uint8), "too large for its type"},
		{"\x80\x02", new(int8), "too large for its type"},
		{"\x05abc", new(string), "more is announced than there is"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", new(string), "more is announced"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", new([]byte), "more is announced"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", new([]string), "more is announced"},
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", new(map[string]int), "more is announced"},
		{"\x03\x02\x02", new([]nested), "more is announced"},
		{"\x03\x01a\x02\x01a\x02", new(map[string]int), "not in order"},
		{"\x03\x01b\x02\x01a\x02", new(map[string]int), "not in order"},
		{"\x02", new(*int), "neither 0 nor 1"},
		{"\x01", new(*int), "ends too early"},
		{"abc", new([4]byte), "more is announced"},
		{"\x00\x80\x94\xeb\xdc\x03", new(time.Time), "more than a second"},
		{strings.Repeat("\x02", 2*maxDepth) + "\x00", new(nested), "nested too deep"},
	} {
		err := Decode([]byte(c.data), c.into)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q into %T: got %v, want %q", c.data, c.into, err, c.want)
		}
	}
}

// A list in a list in a list may not announce the same bytes again and again.
func TestDecodeTakesMemoryInProportion(t *testing.T) {
	data := bytes.Repeat([]byte{0xff, 0x07}, 8<<10) // each pair announces 1,022 elements
	planOf(reflect.TypeFor[nested]())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := Decode(data, new(nested)); err == nil {
		t.Fatal("decoded")
	}
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(100*len(data)); got > most {
		t.Errorf("%d bytes of input took %d bytes of memory, want at most %d", len(data), got, most)
	}
}

func TestValueThatHoldsItselfPanics(t *testing.T) {
	t.Parallel()
	loop := &tree{Name: "loop"}
	loop.Up = loop
	if got := panics(func() { Append(nil, loop) }); !strings.Contains(got, "holds itself") {
		t.Errorf("panic %q", got)
	}
}

func TestFirstUseByManyAtOnce(t *testing.T) {
	t.Parallel()
	type one struct{ Tree tree }
	type two struct{ Ones []one }
	want := two{[]one{{tree{Name: "x"}}}}
	done := make(chan error)
	for range 8 {
		go func() {
			var got two
			err := Decode(Append(nil, &want), &got)
			if diff := cmp.Diff(want, got); err == nil && diff != "" {
				err = fmt.Errorf("%s", diff)
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// FuzzDecode gives arbitrary bytes to types of every kind: no panic, and what is
// read is written the same way again.
func FuzzDecode(f *testing.F) {
	v := full()
	f.Add(Append(nil, &v))
	f.Add(Append(nil, &all{}))
	f.Add(Append(nil, &v.Tree))
	f.Add(Append(nil, v.ByNumber))
	f.Add(bytes.Repeat([]byte{2}, 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, into := range []any{new(all), new(tree), new(nested), new(map[int16][]string), new(map[string]map[level]word), new([]time.Time), new([]*Common)} {
			if Decode(data, into) != nil {
				continue
			}
			if got := Append(nil, into); !bytes.Equal(got, data) {
				t.Errorf("%T: read %x, wrote %x", into, data, got)
			}
		}
	})
}

// FuzzRoundTrip makes values out of arbitrary parts.
func FuzzRoundTrip(f *testing.F) {
	f.Add("title", []byte("body"), int64(-5), uint64(9), 0.5, int64(1), true)
	f.Add("", []byte(nil), int64(math.MinInt64), uint64(math.MaxUint64), math.NaN(), int64(math.MaxInt64), false)
	f.Fuzz(func(t *testing.T, s string, b []byte, i int64, u uint64, x float64, sec int64, yes bool) {
		in := all{
			Bool: yes, Int64: i, Uint64: u, Float64: x, String: s, Bytes: b, Strings: strings.Split(s, "e"),
			ByName: map[string]int{s: int(i)}, Time: time.Unix(sec, int64(u%1e9)).UTC(), Pointer: &Common{s, string(b)},
			Tree: tree{Kids: []tree{{Name: s}, {Name: string(b)}}},
		}
		data := Append(nil, &in)
		var out all
		if err := Decode(data, &out); err != nil {
			t.Fatalf("%+v: %v", in, err)
		}
		if math.IsNaN(x) && math.Float64bits(out.Float64) == math.Float64bits(x) {
			in.Float64, out.Float64 = 0, 0
		}
		if !reflect.DeepEqual(in, out) {
			t.Errorf("got %+v, want %+v", out, in)
		}
		if again := Append(nil, &out); !bytes.Equal(again, data) && !math.IsNaN(x) {
			t.Errorf("wrote %x, then %x", data, again)
		}
	})
}
