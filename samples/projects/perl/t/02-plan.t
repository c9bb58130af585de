use Test::More tests => 3;
ok(1, 'loads');
die "no database\n" unless $ENV{DATABASE_URL};
