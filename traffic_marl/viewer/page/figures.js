// Figures: the texts beside and below the map.

const HALTED = 10;  // [cm/s] a slower vehicle counts as halted

class Figures {
  constructor(player) {
    this.player = player;
    this.chart = new Chart(element("chart"), player.header, player.columns.mean_delay);
  }

  start() {
    const { header, last } = this.player;
    const { strategy, scenario, seed, interval, version } = header.origin;
    element("strategy").textContent = strategy;
    element("scenario").textContent = `${scenario}, seed ${seed}, decisions every ${interval} s`;
    element("scenario").title = `made by traffic_marl ${version}`;
    element("time").max = String(last);
    for (const speed of SPEEDS) element("speed").add(new Option(`${speed} x`, String(speed)));
    this.showLegend();
  }

  showLegend() {
    const { header, painter } = this.player, { byDelay } = painter;
    const colours = byDelay ? header.delay_colours : header.speed_colours;
    element("legend_title").textContent = byDelay ? "delay of a vehicle so far" : "speed of a vehicle";
    element("scale").style.background = `linear-gradient(to right, ${colours.map(rgb).join(", ")})`;
    element("least").textContent = byDelay ? "0 s" : "standing";
    element("most").textContent = byDelay ? `${header.long_delay} s or more` : "speed limit";
    element("colours").textContent = byDelay ? "show speed" : "show delay";
  }

  show() {
    const { columns, header, last, playing, speed, time } = this.player, second = Math.floor(time);
    const delay = columns.mean_delay[second];
    const texts = {
      clock: clock(second),
      mean_delay: delay === header.no_delay ? "-" : `${delay.toFixed(1)} s/veh`,
      under_way: `${columns.under_way[second]} veh`,
      completed: `${columns.completed[second]} veh`,
      backlog: `${this.waiting(second)} veh`,
      time_text: `${clock(second)} / ${clock(last)}`,
      play: playing ? "pause" : "play",
    };
    for (const [name, text] of Object.entries(texts)) write(name, text);
    element("speed").value = String(speed);
    element("time").value = String(second);
    element("time").setAttribute("aria-valuetext", clock(second));
    this.showChosen(second);
    this.chart.draw(time);
  }

  // Number of vehicles that wait to enter.
  waiting(second) {
    const { columns, header } = this.player;
    return columns.backlog.subarray(second * header.lanes, (second + 1) * header.lanes).reduce((sum, n) => sum + n, 0);
  }

  showChosen(second) {
    const { chosen } = this.player;
    element("chosen").hidden = chosen === null;
    if (chosen === null) return;
    const [name, lines] = chosen.kind === "vehicle" ? this.vehicleLines() : this.intersectionLines(second);
    write("chosen_name", name);
    write("chosen_lines", lines.join("\n"));
  }

  vehicleLines() {
    const { chosen, columns, time, traffic } = this.player;
    const vehicle = traffic.shown.find(({ index }) => index === chosen.index);
    const name = `vehicle ${columns["vehicle.vehicle"][chosen.index]}`;
    if (vehicle === undefined) {
      const first = traffic.first[chosen.index];
      return [name, [time < first ? `enters at ${clock(first)}` : "has completed its trip"]];
    }
    const kmh = (speed) => (3.6 * speed).toFixed(0);
    const speed = `${kmh(vehicle.speed / 100)} of ${kmh(columns.limit[vehicle.drivable])} km/h`;
    return [name, [speed, `delay so far ${(vehicle.delay / 10).toFixed(0)} s`]];
  }

  intersectionLines(second) {
    const { chosen, columns, header, traffic } = this.player, n = chosen.index;
    const { green, yellow } = header.intervals;
    const at = second * header.intersections.length + n;
    const interval = columns.interval[at];
    const colour = interval === green ? "green" : interval === yellow ? "yellow" : "all red";
    const phase = header.phase_names[n][columns.phase[at]];
    const comes = ({ drivable }) => drivable < header.lanes && columns.lane_intersection[drivable] === n;
    const near = traffic.shown.filter(comes);
    const halted = near.filter(({ speed }) => speed < HALTED);
    return [header.intersections[n], [
      `${interval === green ? "phase" : "next phase"}: ${phase}`,
      `${colour} for ${columns.age[at]} s`,
      `${near.length} veh on the approaches, ${halted.length} halted`,
    ]];
  }
}

function write(name, text) {
  if (element(name).textContent !== text) element(name).textContent = text;
}

function clock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  return `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
