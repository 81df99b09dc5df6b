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
      place = bring(old, same, place);
      merge(same, child);
    }
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

// The old child that a fresh one stands for: by id, else the next of its kind with nothing but text in between.
function match(parent, place, child) {
  if (child.id) return [...parent.children].find((c) => c.id === child.id && c.nodeName === child.nodeName) ?? null;
  for (let node = place; node; node = node.nextSibling) {
    if (node.nodeName === child.nodeName && !node.id) return node;
    if (node.nodeType === Node.ELEMENT_NODE) return null;
  }
  return null;
}

// Puts an old child at the place and returns the place behind it. Text in front is dropped rather than the child moved:
// an element that is moved loses the focus.
function bring(parent, child, place) {
  let node = place;
  while (node && node !== child && node.nodeType !== Node.ELEMENT_NODE) node = node.nextSibling;
  if (node !== child) {
    parent.insertBefore(child, place);
    return place;
  }
  while (place !== child) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
  return child.nextSibling;
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}
