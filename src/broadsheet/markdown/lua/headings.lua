--- Headings: their numbers, their names for cross references.

local crossref = require 'crossref'
local kinds = require 'kinds'

local M = {}

--- Sections count from the highest level that the page uses: its title is not one of them.
function M.prepare(page, body)
  page.section = { base = 6, offsets = pandoc.List(page.options['number-offset'] or {}):map(math.floor) }
  local function look(blocks)
    for _, block in ipairs(blocks) do
      if block.t == 'Header' then
        page.section.base = math.min(page.section.base, block.level)
      elseif block.t == 'Div' then
        look(block.content)
      end
    end
  end
  look(body)
end

local function next_number(section, level)
  local depth = level - section.base + 1
  for deeper = depth + 1, 6 do section[deeper] = nil end
  section[depth] = (section[depth] or section.offsets[depth] or 0) + 1
  local parts = {}
  for at = 1, depth do parts[at] = tostring(section[at] or section.offsets[at] or 0) end
  return table.concat(parts, '.')
end

-- Ids that a page has of itself.
local TAKEN = { footnotes = true, refs = true }

function M.header(page, header)
  kinds.chapter(page, header)
  if TAKEN[header.identifier] then header.identifier = header.identifier .. '-section' end
  local numbered = page.options['number-sections'] and not header.classes:includes 'unnumbered'
                   and header.level <= (page.options['number-depth'] or 6)
  local number = numbered and next_number(page.section, header.level) or nil
  if header.identifier:find '^sec%-' then
    crossref.register(page, 'sec', header.identifier,
                      { number = number, title = header.content, is_chapter = page.chapter and header.level == 1 })
  end
  if not numbered then return header end
  header.attributes.number = number
  local content = pandoc.Inlines { pandoc.Span({ pandoc.Str(number) }, { '', { 'header-section-number' } }), pandoc.Space() }
  content:extend(header.content)
  header.content = content
  return header
end

return M
