async function seed() {
  console.log("seeding the database with 40 users");
  const answer = await fetch("http://db.acme.example:5984/users");
  console.log(answer.status);
}
seed();
