/** The words of which a container's name is made when nobody gives it one. */

export const ADJECTIVES: readonly string[] =
  "able ample apt blithe bold brisk bright calm candid clever crisp curious daring deft eager earnest fair fleet fond frank gentle glad golden hardy honest humble jolly keen kind lively lucid mellow merry mild neat nimble noble patient placid plucky polite prompt proud quick quiet rapid sane sharp sincere sleek sly snug sober solid spry stable steady sturdy subtle sunny supple swift tidy tranquil trim trusty upright vivid warm wise witty zesty".split(
    " ",
  );

/** People to whom networks and computers owe something. */
export const SURNAMES: readonly string[] =
  "abramson ada atanasoff babbage backus baran bartik berners borg boole braden cerf clarke codd conway crocker dahl davies dijkstra easley engelbart feinler floyd goldstine gray hamilton hamming hoare hollerith hopper huffman jacobson jennings kahn kay kernighan kleinrock knuth lamport lamarr leiner licklider liskov lovelace mauchly mccarthy metcalfe mills mockapetris moore nagle naur neumann perlman postel pouzin reynolds ritchie roberts shannon sutherland tanenbaum tarjan thompson tomlinson turing wilkes wirth zimmermann zuse".split(
    " ",
  );
