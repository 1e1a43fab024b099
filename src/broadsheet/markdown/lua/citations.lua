--- Citations and the list of references, by citeproc.
--
-- Reading a bibliography is slow, so each is read once for as long as its text stays the same, and citeproc is given
-- only the entries that the page cites.

local inline = require 'inline'
local labels = require 'labels'
local tag = require 'tag'

local M = {}

local read = {}

local function text_of(path)
  local file = io.open(path, 'rb')
  if not file then return nil end
  local text = file:read 'a'
  file:close()
  return text
end

local ALL = pandoc.Inlines { pandoc.Cite({ pandoc.Str '@*' }, { pandoc.Citation('*', 'NormalCitation') }) }

local function entries_of(path)
  local text = text_of(path)
  if not text then return nil, 'there is no such file' end
  local known = read[path]
  if known and known.text == text then return known.entries end
  local ok, references = pcall(pandoc.utils.references, pandoc.Pandoc({}, { bibliography = path, nocite = ALL }))
  if not ok then return nil, tostring(references) end
  local entries = {}
  for _, reference in ipairs(references) do entries[tostring(reference.id)] = reference end
  read[path] = { text = text, entries = entries }
  return entries
end

local function bibliography_of(page)
  local all = {}
  for _, path in ipairs(page.options.bibliography or {}) do
    local entries, problem = entries_of(path)
    if not entries then
      page:fault(('the bibliography %s cannot be read'):format(path), 'Mend the file or `bibliography`.', '', problem)
    end
    for id, reference in pairs(entries or {}) do all[id] = all[id] or reference end
  end
  return all
end

local function nocite_of(page)
  local given = page.options.nocite
  if type(given) ~= 'string' or given == '' then return nil, {} end
  local content = inline.read(given)
  local ids = {}
  content:walk { Cite = function(cite)
    for _, citation in ipairs(cite.citations) do ids[#ids + 1] = citation.id end
  end }
  return content, ids
end

-- A list that the author has not placed comes at the end, after the footnotes, under a heading.
local function headed(page, blocks)
  local last = blocks[#blocks]
  if not last or last.t ~= 'Div' or last.identifier ~= 'refs' then return nil end
  blocks:remove()
  local heading = pandoc.RawBlock('html', ('<h2 class="quarto-appendix-heading">%s</h2>'):format(tag.escape(labels(page).references)))
  return pandoc.Pandoc { pandoc.Div({ heading, last }, { 'quarto-bibliography', { 'section', 'quarto-appendix-contents' },
                                                         { { 'role', 'doc-bibliography' } } }) }
end

local function chosen(page, all, ids, report)
  local references, seen = pandoc.List {}, {}
  for _, id in ipairs(ids) do
    if id == '*' then
      for key, reference in pairs(all) do
        if not seen[key] then references:insert(reference) end
        seen[key] = true
      end
    elseif all[id] and not seen[id] then
      references:insert(all[id])
      seen[id] = true
    elseif not all[id] and not seen[id] then
      seen[id] = true
      report(page, ('the citation `@%s` is not in the bibliography'):format(id),
                 #(page.options.bibliography or {}) > 0 and 'Add an entry with this key, or mend the key.'
                 or 'Name a file in `bibliography`; for a plain @ write \\@.', '@' .. id, '', 'missing-reference')
    end
  end
  return references
end

-- A citation of nothing is its own key, marked; without a bibliography `@name` is a text.
local function unresolved(doc, all, has_bibliography)
  return doc:walk { Cite = function(cite)
    for _, citation in ipairs(cite.citations) do
      if citation.id ~= '*' and not all[citation.id] then
        if not has_bibliography then return cite.content end
        return pandoc.Span(cite.content, { '', { 'unresolved' } })
      end
    end
  end }
end

-- Looking for what is not there costs as much as reading a short page.
local function are_known(ids, all)
  for _, id in ipairs(ids) do
    if id ~= '*' and not all[id] then return false end
  end
  return true
end

--- The document with its citations, and the list of references as another one if the author has not placed it.
function M.process(page, doc)
  local nocite, extra = nocite_of(page)
  local ids = pandoc.List(page.cites):clone()
  ids:extend(extra)
  if #ids == 0 then return doc end
  local all = bibliography_of(page)
  local has_bibliography = #(page.options.bibliography or {}) > 0
  local references = chosen(page, all, ids, page.unresolved)
  if #page.faults > 0 then return doc end
  if not are_known(page.cites, all) then doc = unresolved(doc, all, has_bibliography) end
  if #references == 0 then return doc end
  local placed = false
  for _, block in ipairs(doc.blocks) do placed = placed or block.t == 'Div' and block.identifier == 'refs' end
  doc.meta = pandoc.Meta { references = references, ['link-citations'] = page.options['link-citations'] ~= false,
                           csl = page.options.csl, lang = page.options.lang, nocite = nocite,
                           ['notes-after-punctuation'] = page.options['notes-after-punctuation'] }
  doc = pandoc.utils.citeproc(doc)
  doc.meta = {}
  if placed then return doc end
  local blocks = doc.blocks
  local references_list = headed(page, blocks)
  doc.blocks = blocks
  return doc, references_list
end

local function written(value)
  if value == nil then return nil end
  local text = type(value) == 'string' and value or pandoc.utils.stringify(value)
  return text ~= '' and text or nil
end

local function names(people)
  local all = {}
  for _, person in ipairs(people or {}) do
    all[#all + 1] = written(person.literal) or ((written(person.given) or '') .. ' ' .. (written(person.family) or ''))
  end
  return #all > 0 and table.concat(all, ', ') or nil
end

-- `2023`, `2023-05` or `2023-05-24`.
local function day(value)
  local parts = value and (value['date-parts'] or {})[1]
  if not parts then return nil end
  local all = {}
  for index, part in ipairs(parts) do all[index] = (index == 1 and '%04d' or '%02d'):format(part) end
  return table.concat(all, '-')
end

--- What the bibliography says of some keys, each of which must be there.
function M.described(page, keys)
  local found = {}
  if #keys == 0 then return found end
  local all = bibliography_of(page)
  for _, reference in ipairs(chosen(page, all, keys, page.fault)) do
    found[tostring(reference.id)] = {
      title = written(reference.title), publisher = written(reference['container-title']) or written(reference.publisher),
      author = names(reference.author), published = day(reference.issued), accessed = day(reference.accessed),
      url = written(reference.URL or reference.url),
      archived = (written(reference.note) or ''):match '[Aa]rchived at (https?://[^%s]+)',
    }
  end
  return found
end

return M
