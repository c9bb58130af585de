function open( {
  return 1;
}
