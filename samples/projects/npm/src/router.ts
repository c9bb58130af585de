interface Route { path: string; handler: (id: number) => string }
const routes: Route[] = [{ path: "/user", handler: (id: string) => id }];
export function find(path) { return routes.find(r => r.paths === path).handler("7"); }
