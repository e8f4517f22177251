def html(p): return ''
