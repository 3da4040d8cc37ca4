package highlight

import "strings"

// lexicon is the names that have a class of their own.
type lexicon map[string]class

// with adds words to a lexicon.
func (l lexicon) with(c class, words string) lexicon {
	for _, word := range strings.Fields(words) {
		l[word] = c
	}
	return l
}

// Forms that many languages have.
var (
	slashComment = form{open: "//", class: comment}
	blockComment = form{open: "/*", shut: "*/", class: comment, lines: true}
	hashComment  = form{open: "#", class: comment}
	double       = form{open: `"`, shut: `"`, class: str, backslash: true}
	single       = form{open: "'", shut: "'", class: str, backslash: true}
)

var json = language{
	forms: []form{
		slashComment, blockComment,
		{open: `"`, shut: `"`, class: str, key: tag, backslash: true},
		{open: "'", shut: "'", class: str, key: tag, backslash: true},
	},
	words:  lexicon{}.with(constant, "true false null"),
	points: ".",
	signed: true,
}.ready()

const goBuiltins = "append cap clear close complex copy delete imag len make max min new panic print println real recover"
const goTypes = "bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr"

var golang = language{
	forms: []form{
		{open: "//go:", class: directive}, slashComment, blockComment, double,
		{open: "`", shut: "`", class: str, lines: true},
		{open: "'", shut: "'", class: str, backslash: true, most: 10},
	},
	words: lexicon{}.with(keyword, "break case chan const continue default defer else fallthrough for func go goto if import interface map package range return select struct switch type var").
		with(typ, "any "+goTypes).
		with(constant, "true false iota nil"),
	calls:  lexicon{}.with(builtin, goBuiltins+" "+goTypes),
	call:   function,
	follow: lexicon{}.with(function, "func"),
	points: ".",
}.ready()

const scriptWords = "async await break case catch class const continue debugger default delete do else enum export extends finally for function if import in instanceof let new of return static super switch this throw try typeof var void while with yield"
const scriptConstants = "true false null undefined NaN Infinity"
const scriptBuiltins = "Array Boolean Date Error Function JSON Map Math Number Object Promise Proxy RegExp Set String Symbol console decodeURI decodeURIComponent document encodeURI encodeURIComponent eval globalThis isFinite isNaN parseFloat parseInt require window"

var scriptForms = []form{
	slashComment, blockComment, double, single,
	{open: "`", shut: "`", class: str, lines: true, backslash: true, hole: "${", plug: "}"},
}

var javascript = language{
	forms: scriptForms,
	words: lexicon{}.with(keyword, scriptWords).
		with(constant, scriptConstants).
		with(builtin, scriptBuiltins),
	soft: lexicon{}.with(keyword, "as from get set"),
	follow: lexicon{}.with(function, "function").
		with(typ, "class extends"),
	letters:  "$",
	points:   ".",
	patterns: true,
	decorate: true,
}.ready()

var typescript = language{
	forms: scriptForms,
	words: lexicon{}.with(keyword, scriptWords+" constructor implements interface private protected public").
		with(typ, "any bigint boolean never number object string symbol unknown").
		with(constant, scriptConstants).
		with(builtin, scriptBuiltins),
	soft: lexicon{}.with(keyword, "abstract as asserts declare from get global infer is keyof namespace override readonly satisfies set type unique"),
	follow: lexicon{}.with(function, "function").
		with(typ, "class enum extends implements interface type"),
	types:    true,
	letters:  "$",
	points:   ".",
	patterns: true,
	decorate: true,
}.ready()

var python = language{
	forms: pythonForms(),
	words: lexicon{}.with(keyword,
		"and as assert async await break class cls continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return self try while with yield").
		with(constant, "True False None Ellipsis NotImplemented").
		with(builtin, "abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __import__").
		with(typ, "ArithmeticError AssertionError AttributeError BaseException BlockingIOError BrokenPipeError BufferError ConnectionError DeprecationWarning EOFError Exception FileExistsError FileNotFoundError FloatingPointError FutureWarning GeneratorExit IOError ImportError IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError OverflowError PermissionError RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UserWarning ValueError Warning ZeroDivisionError"),
	magic: true,
	soft:  lexicon{}.with(keyword, "case match"),
	follow: lexicon{}.with(function, "def").
		with(typ, "class"),
	points:   ".",
	decorate: true,
}.ready()

// pythonForms are the strings of Python: each prefix with each kind of quotes.
func pythonForms() []form {
	forms := []form{hashComment}
	for _, prefix := range strings.Fields("rb br Rb rB fr rf r b u f R B U F") {
		forms = append(forms, pythonStrings(prefix)...)
	}
	return append(forms, pythonStrings("")...)
}

func pythonStrings(prefix string) []form {
	f := form{class: str, backslash: true, escapes: !strings.ContainsAny(prefix, "rR")}
	if strings.ContainsAny(prefix, "fF") {
		f.hole, f.plug = "{", "}"
	}
	var forms []form
	for _, quotes := range []string{`"""`, "'''", `"`, "'"} {
		f.open, f.shut, f.lines = prefix+quotes, quotes, len(quotes) == 3
		forms = append(forms, f)
	}
	return forms
}

var sql = language{
	forms: []form{
		{open: "--", class: comment}, blockComment,
		{open: "'", shut: "'", class: str, lines: true},
		{open: `"`, shut: `"`, class: str, lines: true},
	},
	words: lexicon{}.with(keyword,
		"add after all alter analyze and any as asc authorization before begin between by cascade case check collate column commit concurrently conflict constraint create cross cube current current_date current_time current_timestamp current_user cursor database declare default deferrable delete desc describe distinct do drop each else elsif end escape except exclude execute exists explain extension fetch filter first following for foreign from full function generated global grant group grouping having identity if ilike immutable in index inherits inner insert instead intersect into is isnull join key language last lateral left like limit local lock loop match materialized merge natural next no not nothing notnull nulls of offset on only option or order outer over overlaps parallel partition preceding primary procedure public range recursive references refresh release rename replace restrict return returning returns revoke right role rollback rollup row rows savepoint schema select sequence session set show similar some stable start strict table tablespace temp temporary then to transaction trigger truncate unbounded union unique unlogged update use using vacuum values view volatile when where while window with without work").
		with(typ, "array bigint bigserial binary bit blob boolean bool bytea char character cidr clob date datetime dec decimal double float float4 float8 inet int int2 int4 int8 integer interval json jsonb money numeric nvarchar precision real serial smallint smallserial text time timestamp timestamptz tinyint uuid varbinary varchar varying xml zone").
		with(constant, "true false null unknown"),
	calls:  lexicon{}.with(builtin, "abs age array_agg avg bool_and bool_or cast ceil ceiling char_length coalesce concat concat_ws convert count cume_dist date_add date_format date_part date_sub date_trunc datediff dense_rank exp extract first_value floor format gen_random_uuid generate_series getdate greatest group_concat ifnull json_agg json_build_object jsonb_agg lag last_value lead least left length ln log lower lpad ltrim max md5 median min mod nextval now nth_value ntile nullif nvl overlay percent_rank percentile_cont percentile_disc position power random rank regexp_replace repeat replace reverse right round row_number rpad rtrim sign split_part sqrt stddev strftime string_agg strpos substr substring sum to_char to_date to_number to_timestamp trim trunc unnest upper variance"),
	fold:   true,
	points: ".",
}.ready()

var terraform = language{
	forms: []form{
		hashComment, slashComment, blockComment,
		{open: `"`, shut: `"`, class: str, backslash: true, hole: "${", plug: "}"},
	},
	words: lexicon{}.with(keyword, "for in if dynamic").
		with(constant, "true false null").
		with(typ, "any bool list map number object set string tuple").
		with(builtin, "count data each local module path self terraform var"),
	call:      builtin,
	set:       attribute,
	inner:     "-",
	points:    ".",
	blocks:    true,
	documents: true,
}.ready()

var toml = language{
	forms: []form{
		hashComment,
		{open: `"""`, shut: `"""`, class: str, lines: true, backslash: true},
		{open: "'''", shut: "'''", class: str, lines: true},
		{open: `"`, shut: `"`, class: str, backslash: true},
		{open: "'", shut: "'", class: str},
	},
	words:    lexicon{}.with(constant, "true false inf nan"),
	set:      attribute,
	inner:    "-",
	points:   ".-:",
	signed:   true,
	sections: true,
}.ready()
