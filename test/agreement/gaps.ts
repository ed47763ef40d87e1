/** A stretch of a session whose records are not here: the numbers of the commands beside it. */
interface Gap {
  readonly after: number;
  readonly before: number;
  /** What has the effects that later commands show. */
  readonly lines: readonly string[];
}

/**
 * Not all records of the first session are here, and the later ones go on from where the missing ones had brought the host: which
 * blocks of addresses were given out, which container came back with another address. Where a folder of records
 * holds these commands, they are typed and nothing of this is.
 */
export const GAPS: readonly Gap[] = [
  {
    after: 64,
    before: 93,
    lines: [
      "docker network create --subnet 10.9.0.0/16 gone; sleep 2; docker network rm gone",
      "docker network create --subnet 172.10.0.0/24 gone; sleep 2; docker network rm gone",
    ],
  },
  {
    after: 168,
    before: 220,
    lines: [
      "docker network create gone; sleep 2; docker network rm gone",
      "docker restart -t 0 c4",
      // Somebody else has c1's address when it comes back.
      "docker stop -t 0 c1; docker run -d --name gone alpine:latest sleep 1000; docker start c1; docker rm -f gone",
    ],
  },
  {
    after: 230,
    before: 265,
    lines: [
      // Until there is no block left, and once around.
      "for i in $(seq 40); do docker network create full$i || break; done; sleep 2; docker network prune -f",
    ],
  },
];
