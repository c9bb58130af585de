let rate = 0.25;
function total(lines) {
  var unused = 3
  if (lines.length == 0) { console.log("empty"); }
  return lines.reduce((sum, l) => sum + l.price * rates, 0);
}
