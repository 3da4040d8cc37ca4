package highlight

import (
	"strings"
	"sync"

	"github.com/alecthomas/chroma/v2"
	registry "github.com/alecthomas/chroma/v2/lexers"
)

// Limits for chroma. The patterns of some of its lexers take time with the
// square or the cube of what they find no end in: at these limits seconds, for
// code that was made for it, without them hours. After 250 ms in one place
// chroma goes on with its next pattern, so that there, and there only, the
// classes depend on the machine.
const (
	maxForeign = 16 << 10 // bytes of code
	maxWide    = 1 << 10  // bytes of a line
	maxBlank   = 200      // bytes of white space in a row
)

func tooMuch(code []byte) bool {
	if len(code) > maxForeign || longestLine(code) > maxWide {
		return true
	}
	blank := 0
	for _, c := range code {
		if !isSpace(c) {
			blank = 0
		} else if blank++; blank > maxBlank {
			return true
		}
	}
	return false
}

// withChroma is code as HTML, in the classes that chroma's tokens have here. It
// is without spans where the lexer fails or does not give back all of the code.
func withChroma(lexer chroma.Lexer, code []byte) []byte {
	w := writer{code: code}
	if !w.tokens(lexer, string(code)) {
		return escape(nil, code)
	}
	return w.end()
}

// maxIdle is how many tokens without text may follow each other: some lexers
// give no end of them on code that is wrong.
const maxIdle = 1000

// tokens puts chroma's tokens and reports whether they are the code.
func (w *writer) tokens(lexer chroma.Lexer, code string) (whole bool) {
	defer func() {
		// Some lexers panic on code that is wrong.
		if recover() != nil {
			whole = false
		}
	}()
	next, err := lexer.Tokenise(&chroma.TokeniseOptions{State: "root"}, code)
	if err != nil {
		return false
	}
	at, idle := 0, 0
	for token := next(); token != chroma.EOF; token = next() {
		value := token.Value
		if rest := code[at:]; len(value) > len(rest) && value == rest+"\n" {
			value = rest // some lexers add a line end
		} else if !strings.HasPrefix(rest, value) {
			return false
		}
		if strings.TrimSpace(value) != "" {
			w.put(at, at+len(value), classOf(token.Type))
		}
		if idle++; value != "" {
			idle = 0
		} else if idle > maxIdle {
			return false
		}
		at += len(value)
	}
	return at == len(code)
}

// lexers finds chroma's lexers by the names that authors write. Looking for
// one by every file pattern that chroma knows is slow, so both what was found
// and what was not is kept.
type lexers struct{ byName sync.Map }

func (l *lexers) get(lang string) chroma.Lexer {
	if found, ok := l.byName.Load(lang); ok {
		lexer, _ := found.(chroma.Lexer)
		return lexer
	}
	lexer := registry.Get(lang)
	l.byName.Store(lang, lexer)
	return lexer
}

// classOf is the class of a kind of chroma's tokens.
func classOf(t chroma.TokenType) class {
	switch t {
	case chroma.KeywordType, chroma.NameClass, chroma.NameException:
		return typ
	case chroma.KeywordConstant, chroma.NameConstant, chroma.LiteralDate:
		return constant
	case chroma.OperatorWord, chroma.NameBuiltinPseudo:
		return keyword
	case chroma.StringEscape, chroma.StringInterpol, chroma.StringRegex, chroma.NameEntity:
		return escaped
	case chroma.CommentPreproc, chroma.CommentPreprocFile, chroma.CommentHashbang, chroma.NameDecorator:
		return directive
	case chroma.NameFunction, chroma.NameFunctionMagic:
		return function
	case chroma.NameTag:
		return tag
	case chroma.NameAttribute, chroma.NameProperty, chroma.NameLabel:
		return attribute
	case chroma.NameBuiltin:
		return builtin
	case chroma.NameVariable, chroma.NameVariableClass, chroma.NameVariableGlobal, chroma.NameVariableInstance, chroma.NameVariableMagic:
		return variable
	case chroma.GenericDeleted, chroma.GenericError, chroma.GenericTraceback:
		return deleted
	case chroma.GenericInserted:
		return inserted
	case chroma.GenericHeading, chroma.GenericSubheading, chroma.GenericStrong:
		return heading
	case chroma.GenericPrompt:
		return prompt
	}
	switch {
	case t.InCategory(chroma.Keyword):
		return keyword
	case t.InSubCategory(chroma.LiteralString):
		return str
	case t.InSubCategory(chroma.LiteralNumber):
		return constant
	case t.InCategory(chroma.Comment):
		return comment
	}
	return none
}
