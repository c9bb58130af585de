#!/usr/bin/perl
use strict;
use warnings;
use Acme::Feed::Reader;

print Acme::Feed::Reader->new->all;
