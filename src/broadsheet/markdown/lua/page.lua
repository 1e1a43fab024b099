--- One page: read, put through the filters, written.
--
-- A page under work is a table: `request`, the `targets` of cross references, what to report (`notices`, `faults`, each
-- `{what, mend, needle, detail, topic}` where `needle` is text to look for in the source, and `topic` the name of the kind).

local annotations = require 'annotations'
local blocks = require 'blocks'
local citations = require 'citations'
local code = require 'code'
local conditional = require 'conditional'
local crossref = require 'crossref'
local footnotes = require 'footnotes'
local html_tables = require 'html_tables'
local inline = require 'inline'
local letter_marks = require 'letter_marks'
local links = require 'links'
local outputs = require 'outputs'
local shortcodes = require 'shortcodes'
local slots = require 'slots'

local M = {}

M.READER = 'markdown'

-- Titles and descriptions hold values of data: raw HTML in them is text.
local INLINE_READER = 'markdown-raw_html-raw_tex-raw_attribute-native_divs-native_spans'

-- What a page may be read as, and the extensions that it has in any case: outputs and cells need them.
local ALWAYS = '+raw_attribute+fenced_divs+bracketed_spans'
local OF_PANDOC = '+backtick_code_blocks+fenced_code_blocks+fenced_code_attributes'
local OF_COMMONMARK = '+attributes'
local FORMATS = { markdown = OF_PANDOC, markdown_strict = OF_PANDOC, markdown_mmd = OF_PANDOC, markdown_phpextra = OF_PANDOC,
                  commonmark = OF_COMMONMARK, commonmark_x = OF_COMMONMARK, gfm = OF_COMMONMARK }

-- Extensions that a title has, too.
local OF_TITLES = { '+emoji', '-smart' }

local LOCATIONS = { document = 'end-of-document', section = 'end-of-section', block = 'end-of-block',
                    margin = 'end-of-block' }

local function new(request)
  return { request = request, options = request.options or {}, metadata = request.metadata or {}, secret = request.secret,
           targets = {}, counts = {}, notices = {}, faults = {}, cites = {}, tabsets = 0, hidden = {} }
end

local function note(list, what, mend, needle, detail, topic)
  list[#list + 1] = { what = what, mend = mend, needle = needle or '', detail = detail or '', topic = topic or 'markdown' }
end

--- Something the author must mend before the page can be published.
function M.fault(page, ...) note(page.faults, ...) end

--- Something that the author should know.
function M.notice(page, ...) note(page.notices, ...) end

--- Something that leads nowhere: the author must mend it where the publication holds its pages to that.
function M.unresolved(page, ...) note(page.options['is-strict'] and page.faults or page.notices, ...) end

local function asks_for(page, address)
  M.notice(page, ('this asks for `%s`, which reading a page does not open'):format(address),
           'Put the text here, or include a file of the publication by `{{< include … >}}`.', address)
end

local FROM_PANDOC = {
  CouldNotLoadIncludeFile = function(page, message) asks_for(page, message.path) end,
  CouldNotFetchResource = function(page, message) asks_for(page, message.path) end,
  -- Whoever reads the page's HTML finds them all.
  DuplicateIdentifier = function() end,
  NoteDefinedButNotUsed = function(page, message)
    page:notice(('nothing refers to the footnote `[^%s]`'):format(message.key), 'Refer to it in the text, or take it out.',
             ('[^%s]:'):format(message.key))
  end,
  UnclosedDiv = function(page, message)
    page.notices[#page.notices + 1] = { what = 'a `:::` or `<div>` opens here and does not end',
                                        mend = 'End it, with a line of `:::` or with `</div>`.', needle = '', detail = '',
                                        topic = 'markdown', line = tonumber(message.openpos.line) }
  end,
  CouldNotConvertTeXMath = function(page, message)
    M.unresolved(page, ('this is not mathematics that a page can show, which shows its TeX: `%s`'):format(message.contents),
             'Mend the TeX.', message.contents, message.message, 'mathematics')
  end,
}

local function collect(page, messages)
  for _, message in ipairs(messages) do
    local decoded = pandoc.json.decode(pandoc.json.encode(message), false)
    local report = FROM_PANDOC[decoded.type]
    if report then
      report(page, decoded)
    elseif decoded.verbosity == 'WARNING' then
      local place = decoded.openpos or decoded.pos or decoded
      page.notices[#page.notices + 1] = { what = decoded.pretty:gsub('%s+$', ''), mend = '', needle = '', detail = '',
                                          topic = 'markdown', line = tonumber(place.line) }
    end
  end
end

local function quietly(page, action, ...)
  -- An error is caught inside: its trace would end at `silence`.
  local messages, ok, first, second = pandoc.log.silence(xpcall, action, debug.traceback, ...)
  if not ok then error(first, 0) end
  collect(page, messages)
  return first, second
end

local function writer_options(page)
  return pandoc.WriterOptions {
    html_math_method = 'mathml', section_divs = true, wrap_text = 'none',
    reference_location = LOCATIONS[page.options['reference-location'] or 'document'],
  }
end

-- What Pandoc writes as inline style, a strict Content-Security-Policy ignores: attributes and classes instead.
-- And the class of a cell's code belongs to the outer element, as Quarto has it. Each is tried where its first text is.
local REPLACEMENTS = {
  { '<col ', '<col style="width: (%d+)%%" />', '<col width="%1%%" />' },
  { '<table', '<table([^<>]*) style="width:%d+%%;"', '<table%1' },
  { ' cell-code', '<div class="sourceCode"([^<>]*)><pre class="([^"]*) cell%-code([" ])', '<div class="sourceCode cell-code"%1><pre class="%2%3' },
  { '<mtd', '<mtd columnalign="(%a+)" style="[^"]*"', '<mtd class="align-%1"' },
  { '<m', '(<m%a+[^<>]-) style="[^"]*"', '%1' },
  { 'counter-reset: source-line', '(<code class="sourceCode[^"]*") style="counter%-reset: source%-line %-?%d+;"', '%1' },
  { ' numberSource ', '<span id="([^"]+)%-(%d+)"><a href="#%1%-%2"></a>', '<span id="%1-%2"><a href="#%1-%2" aria-label="%2"></a>' },
}

local function finish(page, html)
  for _, one in ipairs(REPLACEMENTS) do
    if html:find(one[1], 1, true) then html = html:gsub(one[2], one[3]) end
  end
  html = letter_marks.tagged(page, html:gsub(' data%-' .. page.secret .. '%-', ' '))
  if page.options['reference-location'] == 'margin' then
    html = html:gsub('(<aside id="footnotes[%d-]*" class=")(footnotes )', '%1column-margin %2')
  end
  return html
end

-- The format by which `from` says that the page is read.
local function reader_of(page)
  local from = page.options.from
  if not from or from == M.READER then return M.READER end
  local extensions = FORMATS[from:match '^%w[%w_]*']
  local format = extensions and from .. ALWAYS .. extensions
  if format and pcall(inline.document, '', format) then return format end
  page:notice(('`from: %s` is no Markdown that Pandoc reads; the page is read as `markdown`'):format(from),
              'Name `markdown`, `commonmark_x`, `gfm` or the like, with extensions such as `+emoji`.', 'from:', '', 'value')
  return M.READER
end

-- The short texts that are lines which define nothing and leave nothing open, read as paragraphs of one document: the
-- start of a reader costs as much as a text. Nothing if Pandoc has something to say of them.
local function read_together(texts, reader)
  local names, lines, contents = {}, {}, {}
  for name, text in pairs(texts) do
    if inline.is_apart(text) then
      names[#names + 1] = name
      lines[#lines + 1] = inline.guarded(text)
    end
  end
  if #names < 2 then return {} end
  local messages, blocks = pandoc.log.silence(function() return inline.document(table.concat(lines, '\n\n'), reader).blocks end)
  if #messages > 0 or #blocks ~= #names then return {} end
  for number, block in ipairs(blocks) do
    if block.t ~= 'Para' then return {} end
    contents[names[number]] = inline.unguarded(block.content)
  end
  return contents
end

-- Each of some contents as HTML, by its name.
local function write_together(page, contents)
  local mark, names, blocks = ('<!--inline:%s-->'):format(page.secret), {}, pandoc.Blocks {}
  for name, content in pairs(contents) do
    names[#names + 1] = name
    blocks:insert(pandoc.RawBlock('html', mark))
    blocks:insert(pandoc.Plain(content))
  end
  if #names == 0 then return {} end
  local html = quietly(page, pandoc.write, pandoc.Pandoc(blocks), 'html5', writer_options(page)) .. '\n'
  local pieces, at = {}, #mark + 2
  for number, name in ipairs(names) do
    local first = number < #names and html:find(mark, at, true) or #html + 1
    pieces[name] = html:sub(at, first - 2)
    at = first + #mark + 1
  end
  return pieces
end

local function render_inlines(page)
  local texts, reader, contents = page.request.inlines or {}, page.options['has-html'] and M.READER or INLINE_READER, {}
  for _, extension in ipairs(OF_TITLES) do
    if (page.options.from or ''):find(extension, 1, true) then reader = reader .. extension end
  end
  local together = page.options['has-html'] and {} or read_together(texts, reader)
  local filter = links.filter(page, function(cite) return cite.content end)
  function filter.Note() return {} end
  for name, text in pairs(texts) do
    local content = together[name] or quietly(page, inline.read, text, reader)
    if shortcodes.wanted(page) then content = shortcodes.place(page, content, reader) end
    contents[name] = content:walk(filter)
  end
  local rendered = {}
  for name, html in pairs(write_together(page, contents)) do
    rendered[name] = { html = finish(page, html), text = letter_marks.bare(page, pandoc.utils.stringify(contents[name])) }
  end
  return rendered
end

-- The list of references comes after the footnotes, which the writer puts at the end. So it is written first, and taken
-- to its place; the writer's start costs as much as a short page.
local function written(page, doc, references)
  if not references then return quietly(page, pandoc.write, doc, 'html5', writer_options(page)) end
  local mark = ('<!--references:%s-->'):format(page.secret)
  local content = references.blocks
  content:insert(pandoc.RawBlock('html', mark))
  content:extend(doc.blocks)
  local html = quietly(page, pandoc.write, pandoc.Pandoc(content), 'html5', writer_options(page))
  local first, last = html:find(mark, 1, true)
  return html:sub(last + 2) .. '\n' .. html:sub(1, first - 2)
end

-- MathML has no word for TeX's own name.
local function mathematics(math)
  math.text = math.text:gsub('\\(L?a?TeX)%f[%A]', '\\text{%1}')
  return math
end

-- A raw block that another reader of Pandoc's reads, "```{=pandoc-reader-latex}".
local READER_OF = '^pandoc%-reader%-(.+)$'

local function read_by_others(page, body)
  local function converted(raw)
    local format = raw.format:match(READER_OF)
    if not format then return nil end
    if not inline.is_closed() then
      M.unresolved(page, ('a text of `%s` is not read: this Pandoc cannot be kept from reading files for it'):format(format),
                   'Install Broadsheet with the Pandoc that it asks for.', raw.format)
      return {}
    end
    local ok, doc = pcall(inline.document, raw.text, format)
    if ok then return raw.t == 'RawBlock' and doc.blocks or pandoc.utils.blocks_to_inlines(doc.blocks) end
    M.unresolved(page, ('Pandoc cannot read this as `%s`'):format(format), 'Name one of Pandoc\'s formats of input.', raw.format)
  end
  return body:walk { RawBlock = converted, RawInline = converted }
end

--- The answer to a request that is a page.
function M.render(request)
  local page = new(request)
  page.fault = M.fault
  page.notice = M.notice
  page.unresolved = M.unresolved
  local inlines = render_inlines(page)
  local reader = reader_of(page)
  local function read(text)
    local doc = quietly(page, inline.document, text, reader)
    footnotes.check(page, text, doc.blocks, function(other) return inline.document(other, reader) end)
    return doc
  end
  local doc = read(request.markdown)
  local body = doc.blocks
  if request.markdown:find('{=pandoc-reader-', 1, true) then body = quietly(page, read_by_others, page, body) end
  if outputs.wanted(request.markdown) then body = outputs.place(page, body, read) end
  if html_tables.wanted(page) then body = html_tables.place(page, body, read) end
  if request.markdown:find('<!--', 1, true) then slots.in_comments(page, body) end
  if conditional.wanted(request.markdown) then body = conditional.decide(page, body) end
  if shortcodes.wanted(page) then body = shortcodes.place(page, body) end
  if annotations.wanted(page) then body = annotations.place(page, body) end
  if request.markdown:find 'style%s*=' then slots.styles(page, body) end
  if request.markdown:find '\\L?a?TeX' then body = body:walk { Math = mathematics } end
  body = body:walk(blocks.filter(page, body))
  local filter = links.filter(page, crossref.resolver(page))
  function filter.RawInline(raw) return slots.inline(page, raw) end
  body = body:walk(filter)
  doc.blocks = body
  local references
  doc, references = quietly(page, citations.process, page, doc)
  local html = written(page, doc, references)
  return { html = code.uncomment(page, annotations.mark(page, finish(page, html))), inlines = inlines,
           references = citations.described(page, request.references or {}), notices = page.notices, faults = page.faults,
           hidden = page.hidden }
end

return M
