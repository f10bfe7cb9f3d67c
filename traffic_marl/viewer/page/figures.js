// Figures: the texts beside and below the map.

const HALTED = 10;  // [cm/s] a slower vehicle counts as halted
const EVEN = 0.05;  // [s/veh] a smaller difference of delays has no colour

class Figures {
  constructor(player) {
    this.player = player;
    this.chart = new Chart(element("chart"), player.header, player.runs);
  }

  start() {
    const { last, runs } = this.player;
    for (const run of runs) this.name(run);
    element("time").max = String(last);
    for (const speed of SPEEDS) element("speed").add(new Option(`${speed} x`, String(speed)));
    if (runs.length > 1) this.compare(runs);
    else this.moveTime();
    this.showLegend();
  }

  // Puts the time among the numbers of a single run.
  moveTime() {
    element("runs").querySelector("dl").prepend(element("time_line"));
    element("common").remove();
  }

  // Writes the origin of a run.
  name(run) {
    const { strategy, scenario, seed, interval, version } = run.origin;
    run.write("strategy", strategy);
    run.write("scenario", `${scenario}, seed ${seed}, decisions every ${interval} s`);
    run.element("scenario").title = `made by traffic_marl ${version}`;
  }

  // Prepares the page for two runs: names on the maps and in the chart, in the colours of their lines.
  compare(runs) {
    document.querySelector("main").classList.add("two");
    for (const run of runs) {
      run.write("label", run.origin.strategy);
      run.element("label").parentElement.hidden = false;
      for (const name of ["label", "strategy"]) run.element(name).style.color = rgb(run.colour);
      const entry = document.createElement("span");
      entry.textContent = run.origin.strategy;
      entry.style.setProperty("--run", rgb(run.colour));
      element("lines").append(entry, " ");
    }
    element("lines").hidden = element("difference").hidden = false;
    write("difference_of", `${runs[1].origin.strategy} minus ${runs[0].origin.strategy}`);
  }

  showLegend() {
    const { byDelay, header } = this.player;
    const colours = byDelay ? header.delay_colours : header.speed_colours;
    element("legend_title").textContent = byDelay ? "delay of a vehicle so far" : "speed of a vehicle";
    element("scale").style.background = `linear-gradient(to right, ${colours.map(rgb).join(", ")})`;
    element("least").textContent = byDelay ? "0 s" : "standing";
    element("most").textContent = byDelay ? `${header.long_delay} s or more` : "speed limit";
    element("colours").textContent = byDelay ? "show speed" : "show delay";
  }

  show() {
    const { last, playing, runs, speed, time } = this.player, second = Math.floor(time);
    for (const run of runs) this.showRun(run, Math.floor(run.within(time)));
    write("clock", clock(second));
    write("time_text", `${clock(second)} / ${clock(last)}`);
    write("play", playing ? "pause" : "play");
    if (runs.length > 1) this.showDifference(runs[1].delay(time) - runs[0].delay(time));
    element("speed").value = String(speed);
    element("time").value = String(second);
    element("time").setAttribute("aria-valuetext", clock(second));
    this.showChosen();
    this.chart.draw(time);
  }

  showRun(run, second) {
    const { columns } = run, delay = run.delay(second);
    const text = Number.isNaN(delay) ? "-" : `${delay.toFixed(1)} s/veh`;
    const texts = {
      mean_delay: text,
      label_delay: text,
      under_way: `${columns.under_way[second]} veh`,
      completed: `${columns.completed[second]} veh`,
      backlog: `${this.waiting(columns, second)} veh`,
    };
    for (const [name, words] of Object.entries(texts)) run.write(name, words);
  }

  // Number of vehicles that wait to enter.
  waiting(columns, second) {
    const { lanes } = this.player.header;
    return columns.backlog.subarray(second * lanes, (second + 1) * lanes).reduce((sum, n) => sum + n, 0);
  }

  // The difference of the delays [s/veh], in the colour of its sign.
  showDifference(difference) {
    const { colours, lights } = this.player.header;
    const size = `${Math.abs(difference).toFixed(1)} s/veh`;
    write("difference_is", Number.isNaN(difference) ? "-" : `${difference < 0 ? "-" : "+"}${size}`);
    element("difference_is").style.color = rgb(
      difference < -EVEN ? lights[0] : difference > EVEN ? lights[2] : colours.text);
  }

  showChosen() {
    const { chosen, runs } = this.player;
    element("chosen").hidden = chosen === null;
    if (chosen === null) return;
    const several = runs.length > 1, parts = runs.filter((run) => run.own(chosen) !== null);
    const isVehicle = chosen.kind === "vehicle", { index } = chosen;
    write("chosen_name", isVehicle ? this.vehicleName(chosen) : this.player.header.intersections[index]);
    write("chosen_lines", parts.map((run) => {
      const lines = isVehicle ? this.vehicleLines(chosen) : this.intersectionLines(run, index);
      return [...(several ? [`${run.origin.strategy}:`] : []), ...lines].join("\n");
    }).join("\n\n"));
  }

  vehicleName({ index, run }) {
    return `vehicle ${run.columns["vehicle.vehicle"][index]}`;
  }

  vehicleLines({ index, run }) {
    const { columns, traffic } = run, { time } = this.player;
    const vehicle = traffic.shown.find((found) => found.index === index);
    if (vehicle === undefined) {
      const first = traffic.first[index];
      return [time < first ? `enters at ${clock(first)}` : "has completed its trip"];
    }
    const kmh = (speed) => (3.6 * speed).toFixed(0);
    const speed = `${kmh(vehicle.speed / 100)} of ${kmh(columns.limit[vehicle.drivable])} km/h`;
    return [speed, `delay so far ${(vehicle.delay / 10).toFixed(0)} s`];
  }

  intersectionLines(run, n) {
    const { columns, header, traffic } = run, { green, yellow } = header.intervals;
    const at = Math.floor(run.within(this.player.time)) * header.intersections.length + n;
    const interval = columns.interval[at];
    const colour = interval === green ? "green" : interval === yellow ? "yellow" : "all red";
    const phase = header.phase_names[n][columns.phase[at]];
    const comes = ({ drivable }) => drivable < header.lanes && columns.lane_intersection[drivable] === n;
    const near = traffic.shown.filter(comes);
    const halted = near.filter(({ speed }) => speed < HALTED);
    return [
      `${interval === green ? "phase" : "next phase"}: ${phase}`,
      `${colour} for ${columns.age[at]} s`,
      `${near.length} veh on the approaches, ${halted.length} halted`,
    ];
  }
}

function write(name, text) {
  if (element(name).textContent !== text) element(name).textContent = text;
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
