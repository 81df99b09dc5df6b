// Makes one tree of elements like another with as few changes as it can, so that focus, selection and scrolling stay.
// Children with an id are the same child wherever they stand.

export function merge(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = fresh.data;
    return;
  }
  attributes(old, fresh);
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = match(old, place, child);
    if (same === null) {
      old.insertBefore(child, place);
    } else {
      if (same === place) place = place.nextSibling;
      else old.insertBefore(same, place);
      merge(same, child);
    }
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

function match(parent, place, child) {
  if (child.id) return [...parent.children].find((c) => c.id === child.id && c.nodeName === child.nodeName) ?? null;
  return place && place.nodeName === child.nodeName && !place.id ? place : null;
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}
