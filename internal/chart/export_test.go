package chart

// TextWidth is the estimate that the layout goes by.
var TextWidth = width

// Sizes of text that the style sheet sets.
const (
	TitleSize = titleSize
	TextSize  = textSize
)
