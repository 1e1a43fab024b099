--- `::: {.panel-tabset}`: a tab for each heading of the first one's level.
--
-- The tabs are radio buttons with labels, each followed by its pane: the arrow keys move between them, a style sheet
-- shows the pane after the checked one, and where there is no style sheet everything can be read. The first tab is
-- checked, or the first with the class `active`. Tabsets with the same `group` change together, by `theme/tabs.js`.

local labels = require 'labels'
local tag = require 'tag'

local M = {}

local function tabs_of(content)
  local level
  local before, tabs = pandoc.Blocks {}, {}
  for _, block in ipairs(content) do
    if block.t == 'Header' and (level == nil or block.level == level) then
      level = block.level
      tabs[#tabs + 1] = { title = block.content, attr = block.attr, content = pandoc.Blocks {} }
    elseif #tabs > 0 then
      tabs[#tabs].content:insert(block)
    else
      before:insert(block)
    end
  end
  return before, tabs
end

function M.div(page, div)
  if not (div.classes:includes 'panel-tabset' or div.classes:includes 'tabset') then return nil end
  local result, tabs = tabs_of(div.content)
  if #tabs == 0 then
    page:notice('a tabset without headings has no tabs', 'Start each tab with a heading.', 'panel-tabset')
    return nil
  end
  page.tabsets = page.tabsets + 1
  local name = ('tabset-%d'):format(page.tabsets)
  local active = 1
  for number = #tabs, 1, -1 do
    if tabs[number].attr.classes:includes 'active' then active = number end
  end
  for number, tab in ipairs(tabs) do
    local id = ('%s-%d'):format(name, number)
    result:insert(tag.open('input', { { 'type', 'radio' }, { 'class', 'tab-choice' }, { 'name', name },
                                      { 'id', id .. '-tab' }, { 'checked', number == active } }))
    result:insert(tag.wrap('label', { { 'class', 'nav-link' }, { 'for', id .. '-tab' }, { 'id', id .. '-label' } },
                             tab.title))
    local attributes = { { 'role', 'group' }, { 'aria-labelledby', id .. '-label' } }
    for key, value in pairs(tab.attr.attributes) do attributes[#attributes + 1] = { key, value } end
    local pane = pandoc.Div(tab.content, { id, { 'tab-pane' }, attributes })
    for _, class in ipairs(tab.attr.classes) do
      if class ~= 'active' or number == active then pane.classes:insert(class) end
    end
    result:insert(pane)
  end
  div.classes = pandoc.List { 'panel-tabset' }:extend(div.classes:filter(function(class)
    return class ~= 'panel-tabset' and class ~= 'tabset'
  end)) or div.classes
  div.attributes.role = 'group'
  div.attributes['data-group'], div.attributes.group = div.attributes.group, nil
  div.attributes['aria-label'] = div.attributes['aria-label'] or labels(page).tabs
  div.content = result
  return div
end

return M
