// Draws a chart above each <table data-chart="bar|line">, from the very numbers of the table, which stays below it. Without Chart.js,
// or without scripts, there is the table.
"use strict";

(() => {
  const charts = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (cell) => Number(cell.dataset.value ?? cell.textContent.replace(/[^0-9.\-]/g, ""));

  function draw(table) {
    const heads = [...table.tHead.rows[0].cells];
    const rows = [...table.tBodies[0].rows];
    if (rows.length < 2) return;
    const shown = (table.dataset.columns || "1").split(",").map(Number);
    const colours = ["--link", "--bad", "--muted", "--good"].map(colour);
    const type = table.dataset.chart;
    const frame = document.createElement("div");
    frame.className = "chart";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${shown.map((column) => heads[column].textContent).join(", ")} by ${heads[0].textContent}; the numbers are in the table below`);
    frame.append(canvas);
    (table.closest("details") || table.closest(".scroll") || table).before(frame);
    const grid = { color: colour("--line") };
    const ticks = { color: colour("--muted") };
    charts.push([frame, new Chart(canvas, {
      type,
      data: {
        labels: rows.map((row) => row.cells[0].textContent),
        datasets: shown.map((column, index) => ({
          label: heads[column].textContent,
          data: rows.map((row) => number(row.cells[column])),
          backgroundColor: colours[index], borderColor: colours[index], borderWidth: type === "line" ? 2 : 0, pointRadius: 2, tension: 0,
        })),
      },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false,
        plugins: { legend: { display: shown.length > 1, labels: { color: colour("--text") } } },
        scales: {
          x: { grid: { display: false }, ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 12 } },
          y: { beginAtZero: true, grid, ticks: { ...ticks, precision: 0 }, suggestedMax: Number(table.dataset.max) || undefined },
        },
      },
    })]);
  }

  function drawAll() {
    if (!window.Chart) return;
    for (const [frame, chart] of charts.splice(0)) { chart.destroy(); frame.remove(); }
    for (const table of document.querySelectorAll("table[data-chart]")) draw(table);
  }

  drawAll();
  document.addEventListener("charts", drawAll);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
})();
