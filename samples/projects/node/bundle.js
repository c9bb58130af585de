// keeps every module of the bundle in memory
const modules = [];
console.log("bundling 4096 modules");
for (let i = 0; i < 1e6; i++) {
  modules.push({ id: i, source: Array.from({ length: 4096 }, (_, n) => "m" + i + n) });
  if (i % 32 === 0) console.log(`  ${i} modules`);
}
