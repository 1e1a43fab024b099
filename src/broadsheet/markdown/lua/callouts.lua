--- Callouts: `.callout-note`, `-tip`, `-warning`, `-caution`, `-important`; collapsible ones are <details>.

local crossref = require 'crossref'
local inline = require 'inline'
local labels = require 'labels'
local tag = require 'tag'

local M = {}

local TYPES = { note = 'nte', tip = 'tip', warning = 'wrn', caution = 'cau', important = 'imp' }
local STYLES = { default = true, simple = true, minimal = true }

local function type_of(div)
  for _, class in ipairs(div.classes) do
    local kind = class:match '^callout%-(%a+)$'
    if kind and TYPES[kind] then return kind end
  end
end

local function take(div, name) return inline.take(div.attributes, name) end

local function title_of(page, div, kind, style)
  local title = inline.title(div, 'title')
  if title and #title > 0 then return title end
  if style == 'default' then return pandoc.Inlines { pandoc.Str(labels(page)[kind]) } end
end

local function icon()
  return pandoc.Div({ pandoc.RawBlock('html', '<i class="callout-icon" aria-hidden="true"></i>') },
                    { '', { 'callout-icon-container' } })
end

local function numbered(page, div, kind, title)
  if div.identifier == '' then return title end
  local number = crossref.register(page, TYPES[kind], div.identifier)
  if not number then return title end
  -- A title that is only the kind's own word is said once.
  if pandoc.utils.stringify(title or {}) == labels(page)[kind] then title = nil end
  return crossref.captioned(page, TYPES[kind], number, nil, title)
end

local function titled_header(page, kind, title)
  local word = labels(page)[kind]
  local content = pandoc.Inlines {}
  if not pandoc.utils.stringify(title):find('^' .. word) then
    content:insert(pandoc.Span({ pandoc.Str(word) }, { '', { 'screen-reader-only' } }))
    content:insert(pandoc.Space())
  end
  content:extend(title)
  return { icon(), pandoc.Div({ pandoc.Plain(content) }, { '', { 'callout-title-container', 'flex-fill' } }) }
end

local HEADER = { '', { 'callout-header', 'd-flex', 'align-content-center' } }
local BODY = { '', { 'callout-body-container', 'callout-body' } }

local function collapsible(page, div, kind, title, open)
  local word = labels(page)[kind]
  local content = pandoc.Inlines { tag.inline('span', { { 'class', 'callout-icon-container' } }),
                                   pandoc.RawInline('html', '<i class="callout-icon" aria-hidden="true"></i></span> ') }
  if not pandoc.utils.stringify(title):find('^' .. word) then
    content:extend { pandoc.Span({ pandoc.Str(word) }, { '', { 'screen-reader-only' } }), pandoc.Space() }
  end
  content:insert(pandoc.Span(title, { '', { 'callout-title-container', 'flex-fill' } }))
  return {
    tag.open('details', { { 'id', div.identifier ~= '' and div.identifier },
                          { 'class', table.concat(div.classes, ' ') }, { 'open', open } }),
    tag.wrap('summary', { { 'class', 'callout-header d-flex align-content-center' } }, content),
    pandoc.Div(div.content, BODY),
    tag.close 'details',
  }
end

function M.div(page, div)
  local kind = type_of(div)
  if not kind then return nil end
  local appearance = take(div, 'appearance') or page.options['callout-appearance'] or 'default'
  if not STYLES[appearance] then
    page:notice(('a callout\'s appearance is default, simple or minimal, not `%s`'):format(appearance), '',
                'appearance')
    appearance = 'default'
  end
  local no_icon = (take(div, 'icon') or tostring(page.options['callout-icon'])) == 'false' or appearance == 'minimal'
  local collapse = take(div, 'collapse')
  local style = appearance == 'minimal' and 'simple' or appearance
  local title = numbered(page, div, kind, title_of(page, div, kind, style))
  if collapse and not title then title = pandoc.Inlines { pandoc.Str(labels(page)[kind]) } end

  local rest = div.classes:filter(function(class) return class ~= 'callout-' .. kind end)
  div.classes = pandoc.List { 'callout', 'callout-style-' .. style, 'callout-' .. kind }
  if no_icon then div.classes:insert 'no-icon' end
  if #div.content == 0 then div.classes:insert 'callout-empty-content' end
  if title then div.classes:insert 'callout-titled' end
  div.classes:extend(rest)

  if collapse then return collapsible(page, div, kind, title, collapse == 'false') end
  if title then
    div.content = { pandoc.Div(titled_header(page, kind, title), HEADER), pandoc.Div(div.content, BODY) }
  else
    div.content = { pandoc.Div({ icon(), pandoc.Div(div.content, { '', { 'callout-body-container' } }) },
                               { '', { 'callout-body', 'd-flex' } }) }
  end
  return div
end

return M
